/** Group calls: everybody hears and sees everybody through the Media Processor, mixed and forwarded, whatever network they are in. */
import type { MediaModes } from '@dialplane/calling-api';
import { labTest } from '../requirements.ts';
import { allArrive, hangUpAll, joinAll, openRoom, setModes } from './group-room.ts';

const combinations: readonly MediaModes[] = [
  { audio: 'forwarded', video: 'forwarded' },
  { audio: 'forwarded', video: 'mixed' },
  { audio: 'mixed', video: 'mixed' },
  { audio: 'mixed', video: 'forwarded' },
];

labTest('three people in three networks, through all modes', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'carrier', clara: 'hotel' });
  const callId = await joinAll(room);
  await allArrive(room.members);
  for (const modes of combinations) {
    await setModes(room, callId, modes);
    const startedAt = performance.now();
    await allArrive(room.members);
    context.diagnostic(`audio ${modes.audio}, video ${modes.video}: everybody heard and seen after ${Math.round(performance.now() - startedAt)} ms`);
  }
  await hangUpAll(room);
});

labTest('Firefox in a group call', async () => {
  await using room = await openRoom({ anna: 'open', boris: ['home', 'firefox'], clara: 'carrier' });
  await joinAll(room);
  await allArrive(room.members);
  await hangUpAll(room);
});
