/** Telephone calls (Case 4): a browser and a telephone at a carrier call each other, and each failure says why. */
import assert from 'node:assert/strict';
import { firstMediaPort } from '../dialplane-server.ts';
import { labTest } from '../requirements.ts';
import { connectAsTheGuideSays } from './carrier-guide.ts';
import { annasNumber, changeTrunk, hearEachOther, numbers, openExchange, reach, refusedWith } from './telephone-room.ts';

/** Of RTP between browser and server: Chromium's number for Opus, and that of RFC 3551 for G.711. */
const payloadTypes = { opus: '111', pcmu: '0' } as const;

labTest('a browser calls telephones', async (context) => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara', 'david'], { carrier: { impatientFor: numbers.david } });
  const anna = exchange.member('anna');
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];

  await context.test('one that answers', async () => {
    await anna.phone.call('dial', numbers.clara, annasNumber);
    assert.match(await clara.ring(), new RegExp(annasNumber.slice(1)));
    clara.answer();
    await Promise.all([anna.phone.call('reaches', 'Connected'), clara.talks()]);
    await hearEachOther(anna, clara);
    await anna.phone.call('press', '0123456789*#');
    await clara.keys('0123456789*#');
    await anna.phone.call('do', 'hold');
    await anna.phone.call('reaches', 'LocalHold');
    await anna.phone.call('do', 'resume');
    await hearEachOther(anna, clara);
    clara.hangUp();
    const { endReason } = await anna.phone.call('reaches', 'Disconnected');
    assert.deepEqual(endReason, { code: 0, subCode: 560_000 });
    await clara.ends();
    // Where the operator prefers it, the browser speaks the telephone's codec, and nothing is translated.
    await changeTrunk(exchange, { profile: { clientCodec: 'telephone' } });
    await reach(anna, clara);
    await hearEachOther(anna, clara);
    await anna.phone.call('do', 'hangUp');
    await clara.ends();
  });

  await context.test('one that cannot be reached, and why', async () => {
    for (const [status, code, subCode] of [[486, 486, 560_486], [404, 404, 560_404], [603, 603, 560_603]] as const) {
      await anna.phone.call('dial', refusedWith(status), annasNumber);
      const { endReason, endMessage } = await anna.phone.call('reaches', 'Disconnected');
      assert.deepEqual(endReason, { code, subCode });
      assert.match(endMessage ?? '', /Refused by the carrier/);
    }
    await anna.phone.call('dial', numbers.clara, '+14255559999');
    assert.deepEqual((await anna.phone.call('reaches', 'Disconnected')).endReason, { code: 403, subCode: 510_403 });
    await anna.phone.call('dial', numbers.clara, annasNumber);
    await clara.ring();
    clara.hangUp();
    assert.equal((await anna.phone.call('reaches', 'Disconnected')).endReason?.subCode, 560_486);
    await clara.ends();
    await anna.phone.call('dial', numbers.clara, annasNumber);
    await clara.ring();
    await anna.phone.call('do', 'hangUp');
    await clara.ends();
    clara.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('ring');
    await anna.phone.call('decline');
    await clara.ends();
    // Nobody answers, and the carrier does not wait as long as we would.
    await anna.phone.call('dial', numbers.david, annasNumber);
    await david.ring();
    assert.deepEqual((await anna.phone.call('reaches', 'Disconnected')).endReason, { code: 408, subCode: 560_408 });
    await david.ends();
  });

  await exchange.capture.stop();
  assert.ok((await exchange.capture.count('sip && ip.addr == 203.0.113.130')) >= 10);
  for (const port of ['udp.srcport', 'udp.dstport']) {
    const types = new Set((await exchange.capture.fields(`rtp && ${port} == ${firstMediaPort}`, ['rtp.p_type'])).flat());
    assert.ok(types.has(payloadTypes.opus) && types.has(payloadTypes.pcmu), `${port} ${firstMediaPort}: ${[...types].join(', ')}`);
  }
});

labTest('a telephone calls a browser, over a trunk that was connected word by word as the guide says', async () => {
  await using exchange = await openExchange({ anna: 'carrier' }, ['clara']);
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');
  const guidesNumber = await connectAsTheGuideSays(exchange, anna);
  clara.dial(`sip:${guidesNumber}@carrier.example`);
  assert.equal(await anna.phone.call('ring'), `4:${numbers.clara}`);
  await anna.phone.call('answer');
  await Promise.all([anna.phone.call('reaches', 'Connected'), clara.talks()]);
  await hearEachOther(anna, clara);
  clara.hold();
  await anna.phone.call('reaches', 'RemoteHold');
  clara.resume();
  await anna.phone.call('reaches', 'Connected');
  await hearEachOther(anna, clara);
  await anna.phone.call('do', 'hangUp');
  await clara.ends();
  await anna.phone.call('dial', numbers.clara, guidesNumber);
  await clara.ring();
  clara.hangUp();
  await anna.phone.call('reaches', 'Disconnected');
});
