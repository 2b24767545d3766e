/** Telephones in group calls: everybody hears everybody, browsers and telephones. */
import { labTest } from '../requirements.ts';
import { hangUpAll, joinAll } from './group-room.ts';
import { annasNumber, numbers, openExchange } from './telephone-room.ts';

labTest('telephones and browsers in one call', async (context) => {
  await using exchange = await openExchange({ anna: 'home', boris: 'hotel' }, ['clara', 'david'], { telephones: { david: { codecs: 'G722,PCMA' } } });
  const [anna, boris] = [exchange.member('anna'), exchange.member('boris')];
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];

  await context.test('two telephones and two browsers in one group call', async () => {
    await joinAll(exchange);
    for (const telephone of [clara, david] as const) {
      await anna.phone.call('addNumber', numbers[telephone === clara ? 'clara' : 'david'], annasNumber);
      await telephone.ring();
      telephone.answer();
      await telephone.talks();
    }
    await Promise.all([
      anna.phone.call('hearsAll', ['boris', 'clara', 'david']), boris.phone.call('hearsAll', ['anna', 'clara', 'david']),
      clara.hearsAll(['anna', 'boris', 'david']), david.hearsAll(['anna', 'boris', 'clara']),
    ]);
    clara.hangUp();
    await Promise.all([clara.ends(), anna.phone.call('hearsAll', ['boris', 'david']), david.hearsAll(['anna', 'boris'])]);
    await hangUpAll(exchange);
    await david.ends();
  });

  await context.test('a call between two browsers takes in a telephone', async () => {
    const answered = boris.phone.call('answer');
    await anna.phone.call('startCall', boris.rawId);
    await answered;
    await Promise.all([anna.phone.call('hears', 'boris'), boris.phone.call('hears', 'anna')]);
    await anna.phone.call('addNumber', numbers.clara, annasNumber);
    await clara.ring();
    clara.answer();
    await Promise.all([anna.phone.call('hearsAll', ['boris', 'clara']), boris.phone.call('hearsAll', ['anna', 'clara']), clara.hearsAll(['anna', 'boris'])]);
    await anna.phone.call('do', 'hangUp');
    await boris.phone.call('hearsAll', ['clara']);
  });
});
