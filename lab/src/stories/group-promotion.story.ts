/** A call between two people becomes a group call: nothing is cut before what replaces it works, and where that does not work, nothing is cut at all. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { labTest } from '../requirements.ts';
import { allArrive, hangUpAll, openRoom, type Member, type Room } from './group-room.ts';

labTest('a third person is added', async (context) => {
  await using room = await openRoom({ anna: 'home', boris: 'carrier', clara: 'open' });
  const [anna, boris, clara] = [room.member('anna'), room.member('boris'), room.member('clara')];
  const callId = await talk(room);
  const answered = clara.phone.call('answer');
  await anna.phone.call('add', clara.rawId);
  await answered;
  await clara.phone.call('reaches', 'Connected');
  await allArrive(room.members);
  await tellGaps(context, anna, boris);
  assert.deepEqual((await Promise.all(room.members.map(({ phone }) => phone.call('situation')))).map(({ id }) => id), [callId, callId, callId]);
  await hangUpAll(room);
});

labTest('one of the two does not reach the server with media: their call goes on, and the third is told', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'open', clara: 'open' }, { words: ['--relay', 'off'] });
  const [anna, boris, clara] = [room.member('anna'), room.member('boris'), room.member('clara')];
  await talk(room);
  const server = room.network.host('server').address;
  await room.network.host(boris.place).run('iptables', ['-I', 'OUTPUT', '-d', server, '-p', 'udp', '-j', 'DROP']);
  const answered = clara.phone.call('answer');
  await anna.phone.call('add', clara.rawId);
  await answered;
  const { endReason } = await clara.phone.call('reaches', 'Disconnected');
  context.diagnostic(`the third was told ${endReason?.code}/${endReason?.subCode}`);
  await allArrive([anna, boris]);
  await tellGaps(context, anna, boris);
  assert.equal((await anna.phone.call('situation')).others.length, 1);
  await hangUpAll({ members: [anna, boris] });
});

/** Anna calls Boris; both listen for gaps from now on. Returns the id of the call. */
async function talk(room: Room): Promise<string> {
  const [anna, boris] = [room.member('anna'), room.member('boris')];
  const answered = boris.phone.call('answer');
  await anna.phone.call('startCall', boris.rawId);
  const callId = await answered;
  await Promise.all([anna.phone.call('reaches', 'Connected'), boris.phone.call('reaches', 'Connected')]);
  await allArrive([anna, boris]);
  await Promise.all([anna.phone.call('longestToneGapMs', 'boris'), boris.phone.call('longestToneGapMs', 'anna')]);
  await allArrive([anna, boris]);
  await Promise.all([anna.phone.call('longestToneGapMs', 'boris'), boris.phone.call('longestToneGapMs', 'anna')]);
  return callId;
}

async function tellGaps(context: TestContext, anna: Member, boris: Member): Promise<void> {
  const gaps = await Promise.all([anna.phone.call('longestToneGapMs', 'boris'), boris.phone.call('longestToneGapMs', 'anna')]);
  context.diagnostic(`Anna did not hear Boris for ${gaps[0]} ms, Boris not Anna for ${gaps[1]} ms`);
}
