/** Calls with telephones are handed over: by the person at the browser, and by the telephone (RFC 3515). */
import assert from 'node:assert/strict';
import { labTest } from '../requirements.ts';
import { annasNumber, hearEachOther, numbers, openExchange } from './telephone-room.ts';

labTest('a browser hands its telephone over to another telephone', async () => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara', 'david']);
  const anna = exchange.member('anna');
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];
  clara.dial(`sip:${annasNumber}@carrier.example`);
  await anna.phone.call('answer');
  await hearEachOther(anna, clara);
  const transferred = anna.phone.within(45_000)('transferTo', `4:${numbers.david}`);
  await david.ring();
  david.answer();
  await transferred;
  await anna.phone.call('reaches', 'Disconnected');
  await Promise.all([clara.hearsAll(['david']), david.hearsAll(['clara'])]);
  david.hangUp();
  await clara.ends();
});

labTest('a browser hands its telephone over to another browser', async () => {
  await using exchange = await openExchange({ anna: 'home', boris: 'open' }, ['clara']);
  const [anna, boris] = [exchange.member('anna'), exchange.member('boris')];
  const clara = exchange.telephone('clara');
  clara.dial(`sip:${annasNumber}@carrier.example`);
  await anna.phone.call('answer');
  await hearEachOther(anna, clara);
  const transferred = anna.phone.within(45_000)('transferTo', boris.rawId);
  await boris.phone.call('answer');
  await transferred;
  await anna.phone.call('reaches', 'Disconnected');
  await hearEachOther(boris, clara);
  clara.hangUp();
  assert.deepEqual((await boris.phone.call('reaches', 'Disconnected')).endReason, { code: 0, subCode: 540_000 });
});

labTest('a telephone hands its browser over to another telephone', async () => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara', 'david']);
  const anna = exchange.member('anna');
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];
  clara.dial(`sip:${annasNumber}@carrier.example`);
  await anna.phone.call('answer');
  await hearEachOther(anna, clara);
  clara.transfer(`sip:${numbers.david}@carrier.example`);
  await david.ring();
  david.answer();
  await clara.ends();
  await Promise.all([anna.phone.within(45_000)('hears', 'david'), david.hearsAll(['anna'])]);
  await anna.phone.call('do', 'hangUp');
  await david.ends();
});
