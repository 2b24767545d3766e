/** Nobody answers for as long as a telephone may ring, and meanwhile a session lasts until it has to be refreshed. Long: two minutes are waited for. */
import assert from 'node:assert/strict';
import { labTest } from '../requirements.ts';
import { runSipp } from '../telephones/sipp.ts';
import { annasNumber, borissNumber, numbers, openExchange, sipServer, withScriptedCaller } from './telephone-room.ts';

/** How long a telephone rings, and how soon the server refreshes a session of the shortest interval (RFC 4028 §4, §10), each less what a message is on its way. */
const [ringSeconds, refreshSeconds] = [114, 44];

labTest('a telephone that nobody answers rings for 115 seconds; a session of 90 is refreshed after 45', async () => {
  await using exchange = await openExchange({ anna: 'home', boris: 'open' }, ['clara'], withScriptedCaller);
  const { capture, network } = exchange;
  const [anna, boris] = [exchange.member('anna'), exchange.member('boris')];
  const clara = exchange.telephone('clara');
  await anna.phone.call('dial', numbers.clara, annasNumber);
  await clara.ring();

  const refreshed = runSipp(network.host('scripted'), { scenario: 'refreshed-caller', target: sipServer, service: borissNumber, caller: numbers.david });
  await Promise.race([boris.phone.call('answer'), refreshed]);
  await refreshed;
  assert.deepEqual((await boris.phone.call('reaches', 'Disconnected')).endReason, { code: 0, subCode: 540_000 });

  assert.deepEqual((await anna.phone.within(180_000)('reaches', 'Disconnected')).endReason, { code: 487, subCode: 10_004 });
  await clara.ends();
  await capture.stop();
  const sentAt = async (method: string, to: string): Promise<number> => Number((await capture.fields(`sip.Method == "${method}" && ip.dst == ${to}`, ['frame.time_epoch'])).flat()[0]);
  const carrier = exchange.carrier.host.address;
  const rangFor = (await sentAt('CANCEL', carrier)) - (await sentAt('INVITE', carrier));
  assert.ok(rangFor >= ringSeconds, `rang for ${rangFor} s`);
  const answered = Number((await capture.fields(`sip.Status-Code == 200 && sip.CSeq.method == "INVITE" && ip.dst == ${network.host('scripted').address}`, ['frame.time_epoch'])).flat()[0]);
  const stoodFor = (await sentAt('UPDATE', network.host('scripted').address)) - answered;
  assert.ok(stoodFor >= refreshSeconds, `refreshed after ${stoodFor} s`);
}, { timeoutMs: 420_000 });
