/** Group calls: everybody hears and sees everybody through the Media Processor, mixed and forwarded, whatever network they are in, and also when a media process dies. */
import assert from 'node:assert/strict';
import type { MediaModes } from '@dialplane/calling-api';
import { labTest } from '../requirements.ts';
import { allArrive, gapsOf, hangUpAll, joinAll, openRoom, setModes, watchGaps } from './group-room.ts';

const combinations: readonly MediaModes[] = [
  { audio: 'forwarded', video: 'forwarded' },
  { audio: 'forwarded', video: 'mixed' },
  { audio: 'mixed', video: 'mixed' },
  { audio: 'mixed', video: 'forwarded' },
];

labTest('three people in three networks', async (context) => {
  await using room = await openRoom({ anna: 'open', boris: 'carrier', clara: 'hotel' });
  const { server, members } = room;
  const callId = await joinAll(room);
  await allArrive(members);

  await context.test('through all modes', async (test) => {
    for (const modes of combinations) {
      await setModes(room, callId, modes);
      const startedAt = performance.now();
      await allArrive(members);
      test.diagnostic(`audio ${modes.audio}, video ${modes.video}: everybody heard and seen after ${Math.round(performance.now() - startedAt)} ms`);
    }
  });

  await context.test('a media process is killed: everybody is back, in the same call', async (test) => {
    await watchGaps(members);
    await server.killMediaProcess();
    await allArrive(members);
    test.diagnostic((await gapsOf(members)).join(', '));
    for (const { phone } of members) {
      const { id, state } = await phone.call('situation');
      assert.deepEqual([id, state], [callId, 'Connected']);
    }
  });
  await hangUpAll(room);
});

labTest('Firefox in a group call', async () => {
  await using room = await openRoom({ anna: 'open', boris: ['home', 'firefox'], clara: 'carrier' });
  await joinAll(room);
  await allArrive(room.members);
  await hangUpAll(room);
});
