/** What goes wrong in group calls: lines that lose packets, browsers that die, networks that are left. Whoever is there goes on. */
import { labTest } from '../requirements.ts';
import { siteOf } from './access-networks.ts';
import { allArrive, gapsOf, hangUpAll, joinAll, openRoom, watchGaps } from './group-room.ts';

labTest('a line that loses every twentieth packet, and then a browser that is killed: the others go on hearing and seeing each other', async () => {
  await using room = await openRoom({ anna: 'lossy', boris: 'open', clara: 'open' });
  const { network, members, member } = room;
  await joinAll(room);
  await allArrive(members);
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
  await watchGaps(members);

  await network.move(member('anna').place, siteOf('anna', 'hotel'));
  await allArrive(members);
  context.diagnostic((await gapsOf(members)).join(', '));
  await hangUpAll(room);
});
