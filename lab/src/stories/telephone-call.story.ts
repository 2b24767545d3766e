/** Telephone calls (Case 4): a browser and a telephone at a carrier call each other, and each failure says why. */
import assert from 'node:assert/strict';
import { startCapture } from '../capture.ts';
import { labTest } from '../requirements.ts';
import { annasNumber, hearEachOther, numbers, openExchange, refusedWith } from './telephone-room.ts';

labTest('a browser calls a telephone', async () => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara']);
  await using capture = await startCapture(exchange.network.host('carrier'));
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');
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
  await capture.stop();
  assert.ok((await capture.count('sip && ip.addr == 203.0.113.5')) >= 10);
  assert.deepEqual(await capture.fields('sip && (_ws.malformed || _ws.expert.severity >= error)', ['sip.CSeq', '_ws.expert.message']), []);
});

labTest('a telephone calls a browser', async () => {
  await using exchange = await openExchange({ anna: 'carrier' }, ['clara']);
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');
  clara.dial(`sip:${annasNumber}@carrier.example`);
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
});

labTest('who cannot be reached, and why', async () => {
  await using exchange = await openExchange({ anna: 'open' }, ['clara']);
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');
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
  await anna.phone.call('dial', numbers.clara, annasNumber);
  await clara.ring();
  await anna.phone.call('do', 'hangUp');
  await clara.ends();
  clara.dial(`sip:${annasNumber}@carrier.example`);
  await anna.phone.call('ring');
  await anna.phone.call('decline');
  await clara.ends();
});
