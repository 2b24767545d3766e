/** What goes wrong in group calls: lines that lose packets, browsers and media processes that die. Whoever is left goes on. */
import assert from 'node:assert/strict';
import { labTest } from '../requirements.ts';
import { siteOf } from './access-networks.ts';
import { allArrive, hangUpAll, joinAll, openRoom, type Member } from './group-room.ts';

labTest('a line that loses every twentieth packet', async () => {
  await using room = await openRoom({ anna: 'lossy', boris: 'open', clara: 'open' });
  await joinAll(room);
  await allArrive(room.members);
  await hangUpAll(room);
});

labTest('a browser is killed: the others go on hearing and seeing each other', async () => {
  await using room = await openRoom({ anna: 'open', boris: 'open', clara: 'open' });
  const { network, member } = room;
  await joinAll(room);
  await allArrive(room.members);
  await network.host(member('clara').place).killAll();
  const left = [member('anna'), member('boris')];
  await allArrive(left);
  await hangUpAll({ members: left });
});

labTest('somebody goes from an open network into a hotel', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'open', clara: 'home' }, { moves: [['anna', 'hotel']] });
  const { network, members, member } = room;
  await joinAll(room);
  await allArrive(members);
  await gapsOf(members);
  await allArrive(members);
  await gapsOf(members);

  await network.move(member('anna').place, siteOf('anna', 'hotel'));
  await allArrive(members);
  context.diagnostic((await gapsOf(members)).join(', '));
  await hangUpAll(room);
});

/** For how long each did not hear one of the others, since this was last asked. */
function gapsOf(members: readonly Member[]): Promise<readonly string[]> {
  return Promise.all(members.map(async ({ person, phone }, index) => {
    const other = members[(index + 1) % members.length]?.person ?? person;
    return `${person} did not hear ${other} for ${await phone.call('longestToneGapMs', other)} ms`;
  }));
}

labTest('a media process is killed: everybody is back, in the same call', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'carrier', clara: 'hotel' });
  const { server, members } = room;
  const callId = await joinAll(room);
  await allArrive(members);
  await gapsOf(members);
  await allArrive(members);
  await gapsOf(members);

  await server.killMediaProcess();
  await allArrive(members);
  context.diagnostic((await gapsOf(members)).join(', '));
  for (const { phone } of members) {
    const { id, state } = await phone.call('situation');
    assert.deepEqual([id, state], [callId, 'Connected']);
  }
  await hangUpAll(room);
});
