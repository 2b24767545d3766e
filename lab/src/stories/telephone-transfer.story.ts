/** Calls with telephones are handed over: by the person at the browser, and by the telephone (RFC 3515); two calls become one (RFC 3891). */
import assert from 'node:assert/strict';
import { eventually } from '../patience.ts';
import { labTest } from '../requirements.ts';
import { startLinphone } from '../telephones/linphone.ts';
import { runSipp } from '../telephones/sipp.ts';
import type { Room } from './group-room.ts';
import { annasNumber, borissNumber, hearEachOther, numbers, openExchange, sipServer, withScriptedCaller } from './telephone-room.ts';

labTest('calls with telephones are handed over', async (context) => {
  await using exchange = await openExchange({ anna: 'home', boris: 'open' }, ['clara', 'david'], { ...withScriptedCaller, moves: [['elena', 'home']] });
  const [anna, boris] = [exchange.member('anna'), exchange.member('boris')];
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];

  await context.test('a browser hands its telephone over to another telephone, unasked and after it has asked there', async () => {
    clara.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('answer');
    await hearEachOther(anna, clara);
    const transferred = anna.phone.call('transferTo', `4:${numbers.david}`);
    await david.ring();
    david.answer();
    await transferred;
    await anna.phone.call('reaches', 'Disconnected');
    await Promise.all([clara.hearsAll(['david']), david.hearsAll(['clara'])]);
    david.hangUp();
    await Promise.all([clara.ends(), david.ends()]);

    await anna.phone.call('dial', numbers.clara, annasNumber);
    await clara.ring();
    clara.answer();
    await anna.phone.call('reaches', 'Connected');
    await anna.phone.call('dial', numbers.david, annasNumber);
    await david.ring();
    david.answer();
    await hearEachOther(anna, david);
    await anna.phone.call('transferEarlier');
    await anna.phone.call('reaches', 'Disconnected');
    await Promise.all([clara.hearsAll(['david']), david.hearsAll(['clara'])]);
    clara.hangUp();
    await Promise.all([clara.ends(), david.ends()]);
  });

  await context.test('a browser hands its telephone over to another browser', async () => {
    clara.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('answer');
    await hearEachOther(anna, clara);
    const transferred = anna.phone.call('transferTo', boris.rawId);
    await boris.phone.call('answer');
    await transferred;
    await anna.phone.call('reaches', 'Disconnected');
    await hearEachOther(boris, clara);
    clara.hangUp();
    await clara.ends();
    assert.deepEqual((await boris.phone.call('reaches', 'Disconnected')).endReason, { code: 0, subCode: 540_000 });
  });

  await context.test('a telephone hands its browser over to another telephone', async () => {
    clara.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('answer');
    await hearEachOther(anna, clara);
    clara.transfer(`sip:${numbers.david}@carrier.example`);
    await david.ring();
    david.answer();
    await clara.ends();
    await Promise.all([anna.phone.call('hears', 'david'), david.hearsAll(['anna'])]);
    await anna.phone.call('do', 'hangUp');
    await david.ends();
  });

  await context.test('a telephone joins the two calls it has, and a caller takes the place of another', async () => {
    await using elena = await startLinphone(exchange.network.host('elena-home'), { person: 'elena', user: numbers.elena, domain: exchange.carrier.domain, registrar: 'sip:203.0.113.130;transport=tcp' });
    await exchange.carrier.registered(elena.user);
    elena.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('answer');
    await hearEachOther(anna, elena);
    elena.hold();
    await anna.phone.call('reaches', 'RemoteHold');
    elena.dial(`sip:${borissNumber}@carrier.example`);
    await boris.phone.call('answer');
    await boris.phone.call('hears', 'elena');
    elena.transferFirstToSecond();
    await elena.ends();
    await Promise.all([anna.phone.call('hears', 'boris'), boris.phone.call('hears', 'anna')]);
    await boris.phone.call('do', 'hangUp');
    await anna.phone.call('reaches', 'Disconnected');

    elena.dial(`sip:${annasNumber}@carrier.example`);
    const callId = await anna.phone.call('answer');
    await hearEachOther(anna, elena);
    const replacing = runSipp(exchange.network.host('scripted'), { scenario: 'replacing-caller', target: sipServer, service: annasNumber, caller: numbers.elena, replaces: await answeredDialog(exchange, callId) });
    await Promise.race([anna.phone.call('hears', null), replacing]);
    assert.equal((await anna.phone.call('situation')).state, 'Connected');
    await anna.phone.call('do', 'hangUp');
    await replacing;
  });
});

/** The dialog of a call from outside, as its caller names it in Replaces. */
async function answeredDialog({ server, operatorToken }: Room, callId: string): Promise<string> {
  const read = async (): Promise<string | undefined> => {
    const { messages } = await server.ask('listSipMessages', 'GET', `/v1/calls/${callId}/sip`, operatorToken);
    return messages.findLast(({ direction, text }) => direction === 'out' && /^SIP\/2\.0 200 [^]*^CSeq: \d+ INVITE/m.test(text))?.text;
  };
  const answer = await eventually(read, (text) => text !== undefined, () => 'no answer to an INVITE is in the record') ?? '';
  const field = (pattern: RegExp): string => pattern.exec(answer)?.[1] ?? '';
  return `${field(/^Call-ID: (.*?)\r?$/im)};to-tag=${field(/^To:.*;tag=([^;\s]+)/im)};from-tag=${field(/^From:.*;tag=([^;\s]+)/im)}`;
}
