import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DivisibleCodec, Repacketizer } from './repacketizer.ts';

const frameBytes = (codec: DivisibleCodec): number => (codec === 'G729' ? 20 : 160);

/** Frames whose bytes count, each after so many that are missing. */
function framesOf(codec: DivisibleCodec, gaps: readonly number[], first: number) {
  let at = 0;
  return gaps.map((gap, index) => {
    at += gap + 1;
    return { timestamp: (first + at * 160) | 0, startsTalkspurt: index === 0 || gap > 0, payload: Uint8Array.from({ length: frameBytes(codec) }, (_, byte) => (index * 7 + byte) & 0xff) };
  });
}

test('packets have the length that is asked for, and hold what the frames held, at its time', () => {
  fc.assert(fc.property(
    fc.constantFrom('PCMU' as const, 'G722' as const, 'G729' as const), fc.constantFrom(10, 20, 30, 40, 50, 60), fc.array(fc.constantFrom(0, 0, 0, 0, 3), { minLength: 1, maxLength: 40 }), fc.integer(),
    (codec, packetMs, gaps, first) => {
      const repacketizer = new Repacketizer(codec, packetMs);
      const frames = framesOf(codec, gaps, first);
      const packets = [...frames.flatMap((frame) => repacketizer.add(frame)), ...repacketizer.flush()];
      assert.deepEqual(repacketizer.flush(), []);
      const bytesPerMs = frameBytes(codec) / 20;
      assert.deepEqual(Buffer.concat(packets.map(({ payload }) => payload)), Buffer.concat(frames.map(({ payload }) => payload)));
      const bytesAt = (sounds: readonly { readonly timestamp: number; readonly payload: Uint8Array }[]) => sounds.flatMap(({ timestamp, payload }) => Array.from(payload, (byte, index) => [(timestamp + (Math.floor(index / bytesPerMs) * 8)) | 0, byte]));
      assert.deepEqual(bytesAt(packets), bytesAt(frames));
      assert.ok(packets.every(({ payload }, index) => payload.length === packetMs * bytesPerMs || index === packets.length - 1 || packets[index + 1]?.marker === 1));
      assert.deepEqual(packets.filter(({ marker }) => marker === 1).map(({ timestamp }) => timestamp), frames.filter(({ startsTalkspurt }) => startsTalkspurt).map(({ timestamp }) => timestamp));
    },
  ), { numRuns: 200 });
});
