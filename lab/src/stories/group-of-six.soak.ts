/** Six people in six kinds of network in one call, two of them in Firefox. Long, and six browsers at a time: for a machine that has nothing else to do. */
import { labTest } from '../requirements.ts';
import { allArrive, hangUpAll, joinAll, openRoom, setModes } from './group-room.ts';

labTest('six people hear and see each other, forwarded and mixed, also when one of them is killed', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: ['carrier', 'firefox'], clara: 'office', david: 'hotel', elena: ['home', 'firefox'], felix: 'lossy' });
  const { network, members, member } = room;
  const callId = await joinAll(room);
  await allArrive(members);
  for (const audio of ['forwarded', 'mixed'] as const) {
    await setModes(room, callId, { audio, video: 'forwarded' });
    const startedAt = performance.now();
    await allArrive(members);
    context.diagnostic(`audio ${audio}: everybody heard and seen after ${Math.round(performance.now() - startedAt)} ms`);
  }
  await network.host(member('david').place).killAll();
  const left = members.filter(({ person }) => person !== 'david');
  await allArrive(left);
  await hangUpAll({ members: left });
}, { timeoutMs: 420_000 });
