import assert from 'node:assert/strict';
import { type SrtpMasterKey, srtpProfile } from '@dialplane/kernels';
import { vp8FrameDescriptorLength } from '@dialplane/rtp';
import { addMilliseconds, instant } from '@dialplane/sansio';
import { ForwardingWorld } from '../forwarding/test-forwarding-world.ts';
import { openTestKernels } from '../test-media-client.ts';
import { planeTest, screenOf } from '../test-media-plane.ts';
import { TestTelephone } from '../test-telephone.ts';

/** So many that what is sent of one frame does not fit into one batch. */
const viewerCount = 40;
const framePackets = 32;
/** As many as a composed picture has in a packet. */
const packetBytes = 1100;

function keysOf(index: number): SrtpMasterKey {
  return { profile: srtpProfile.aeadAes256Gcm, key: new Uint8Array(32).fill(index + 1), salt: new Uint8Array(12).fill(9) };
}

/** Two, of which no packet is like another. */
const frames = [0, 100].map((first) => Uint8Array.from({ length: framePackets * packetBytes }, (_, at) => first + Math.floor(at / packetBytes)));

planeTest('everybody gets every packet of a composed picture as it is, while what waited for a narrow line is sent in between', async (t) => {
  const kernels = openTestKernels();
  const viewers = await Promise.all(Array.from({ length: viewerCount }, (_, index) => TestTelephone.open(t, { keys: { srtp: kernels.srtp, inbound: keysOf(index), outbound: keysOf(index) } })));
  const receivers = viewers.map(({ port }, index) => ({ section: screenOf('s', 1000 + 2 * index), keys: keysOf(index), startBps: index === 0 ? 400_000 : 100_000_000, port }));
  const start = instant(1_000);
  const world = new ForwardingWorld(0, kernels, receivers, [], start);
  t.after(() => world.close(start));
  const picture = world.composedStream();
  for (const index of viewers.keys()) world.stream(index).setSource(picture);
  for (const [frame, bytes] of frames.entries()) {
    picture.send({ composition: 1, size: 'large', bytes, timestamp: frame * 3000, isKeyFrame: frame === 0 }, addMilliseconds(start, frame * 100));
    await Promise.all(viewers.slice(1).map((viewer) => viewer.until(() => viewer.heard.filter(({ marker }) => marker === 1).length === frame + 1)));
  }
  assert.equal(world.legs[0]?.waiting.size, 1, 'nothing waits for the narrow line');
  for (const { heard } of viewers.slice(1)) assert.ok(Buffer.concat(heard.map(({ payload }) => payload.subarray(vp8FrameDescriptorLength))).equals(Buffer.concat(frames)));
});
