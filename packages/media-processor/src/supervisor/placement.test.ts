import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { MessageBuilder, stunMethod, writeFingerprint } from '@dialplane/stun';
import { describe, offerOf } from './conferences/test-offers.ts';
import { processorTest, TestMediaProcessor } from './test-media-processor.ts';

/** Somebody who asks a port of this machine as much as it can; each question has to be read, and is refused. */
async function stranger(t: TestContext, port: number): Promise<{ ask(): void }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const builder = new MessageBuilder(new Uint8Array(64));
  builder.begin('request', stunMethod.binding, new Uint8Array(12));
  writeFingerprint(builder);
  const question = builder.finish();
  return {
    ask: () => {
      for (let count = 0; count < 200; count += 1) socket.send(question, port, '127.0.0.1');
    },
  };
}

processorTest('a conference goes to the process that has less to do now, whatever it did before and however many legs it has', async (t) => {
  const media = await TestMediaProcessor.start(t, { processes: 2 });
  const loads = (): readonly number[] => media.processor.status().processes.map(({ load }) => load);
  const [busy, calm] = [await media.openConference('a'), await media.openConference('b')];
  assert.deepEqual([busy, calm], ['media-1', 'media-2']);
  media.send({ kind: 'openLeg', conferenceId: 'b', legId: 'leg', identifier: '8:acs:anna', isMuted: false, request: { kind: 'webrtc', offer: describe(offerOf('chromium')) } });
  await media.next('legDescribed');
  const crowd = await stranger(t, media.processor.addresses()[0]?.port ?? 0);
  // Just beyond what counts as alike, by the figures that the next conference is placed by: more of a core a crowd gets only where nothing else wants one.
  while ((loads()[0] ?? 0) < (loads()[1] ?? 0) + 0.11) {
    crowd.ask();
    await new Promise(setImmediate);
  }
  assert.equal(await media.openConference('less to do'), calm);
  while ((loads()[0] ?? 0) > (loads()[1] ?? 0) + 0.05) await new Promise(setImmediate);
  assert.equal(await media.openConference('calm again'), busy);
});
