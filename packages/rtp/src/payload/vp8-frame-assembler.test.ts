import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { divideVp8Frame, Vp8FrameAssembler, vp8FrameDescriptorLength, writeVp8FrameDescriptor } from '../index.ts';

interface Packet {
  readonly number: number;
  readonly frame: number;
  readonly marker: 0 | 1;
  readonly bytes: Uint8Array;
}

/** Packets of frames with so many packets each; frame `key` and only those in `keys` are key frames. A payload tells its frame and place. */
function packetsOf(first: number, sizes: readonly number[], keys: ReadonlySet<number>): Packet[] {
  let number = first;
  return sizes.flatMap((count, frame) =>
    Array.from({ length: count }, (_, place) => {
      const bytes = Uint8Array.of(0, place === 0 ? 0x10 : 0x00, keys.has(frame) ? 0 : 1, frame, place);
      return { number: number++ & 0xffff, frame, marker: place === count - 1 ? 1 : 0, bytes } as const;
    }),
  );
}

function put(assembler: Vp8FrameAssembler, { number, frame, marker, bytes }: Packet): void {
  assembler.put(number, frame * 3000, marker, bytes, 1, bytes.length - 1);
}

/** Frames that are ready at `now`: their number, checked to be whole. */
function taken(assembler: Vp8FrameAssembler, sizes: readonly number[], now = 0): number[] {
  const frames: number[] = [];
  for (let next = assembler.take(instant(now)); next !== undefined; next = assembler.take(instant(now))) {
    const frame = next.bytes[1] ?? -1;
    assert.deepEqual([...next.bytes], Array.from({ length: sizes[frame] ?? 0 }, (_, place) => [next?.isKeyFrame === true ? 0 : 1, frame, place]).flat());
    assert.equal(next.timestamp, frame * 3000);
    frames.push(frame);
  }
  return frames;
}

test('frames come whole and in order, whatever the order of their packets', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat(6)), (first, sizes, jumps) => {
      const assembler = new Vp8FrameAssembler();
      const packets = packetsOf(first, sizes, new Set([0]));
      const [opening, ...others] = packets;
      assert.ok(opening !== undefined);
      const late = others.map((packet, index) => ({ packet, at: index + (jumps.next().value ?? 0) })).sort((a, b) => a.at - b.at);
      const frames: number[] = [];
      for (const packet of [opening, ...late.map((one) => one.packet)]) {
        put(assembler, packet);
        put(assembler, packet);
        frames.push(...taken(assembler, sizes));
      }
      assert.deepEqual(frames, sizes.map((_, index) => index));
      assert.equal(assembler.needsKeyFrame, false);
    }),
  );
});

test('nothing before a key frame; after a loss that lasts, nothing before the next one', () => {
  const sizes = [2, 3, 2, 2, 3, 1];
  const packets = packetsOf(65_534, sizes, new Set([1, 4]));
  const assembler = new Vp8FrameAssembler();
  assert.equal(assembler.needsKeyFrame, true);
  for (const packet of packets.filter(({ frame }) => frame < 2)) put(assembler, packet);
  assert.deepEqual(taken(assembler, sizes, 0), [1]);
  const [lost, ...rest] = packets.filter(({ frame }) => frame === 2 || frame === 3);
  for (const packet of rest) put(assembler, packet);
  assert.deepEqual(taken(assembler, sizes, 100), []);
  assert.equal(assembler.needsKeyFrame, false);
  assert.deepEqual(taken(assembler, sizes, 300), []);
  assert.deepEqual(taken(assembler, sizes, 360), []);
  assert.equal(assembler.needsKeyFrame, true);
  for (const packet of packets.filter(({ frame }) => frame > 3)) put(assembler, packet);
  if (lost !== undefined) put(assembler, lost);
  assert.deepEqual(taken(assembler, sizes, 400), [4, 5]);
});

test('a retransmission in time fills the gap', () => {
  const sizes = [1, 3, 1];
  const assembler = new Vp8FrameAssembler();
  const packets = packetsOf(0, sizes, new Set([0]));
  for (const packet of packets.filter(({ number }) => number !== 2)) put(assembler, packet);
  assert.deepEqual(taken(assembler, sizes, 0), [0]);
  for (const packet of packets.filter(({ number }) => number === 2)) put(assembler, packet);
  assert.deepEqual(taken(assembler, sizes, 200), [1, 2]);
});

test('a key frame of which a packet stays away is given up for the next one', () => {
  const sizes = [3, 2, 2];
  const assembler = new Vp8FrameAssembler();
  const packets = packetsOf(0, sizes, new Set([0, 2]));
  for (const packet of packets.filter(({ number }) => number !== 1)) put(assembler, packet);
  assert.deepEqual(taken(assembler, sizes, 0), []);
  assert.deepEqual(taken(assembler, sizes, 251), [2]);
});

test('rubbish and jumps leave an assembler that goes on with the next key frame', () => {
  const garbage = fc.record({ number: fc.nat(20_000), timestamp: fc.integer(), marker: fc.constantFrom(0, 1), bytes: fc.uint8Array({ maxLength: 30 }) });
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 100 }), (packets) => {
      const assembler = new Vp8FrameAssembler();
      for (const [index, { number, timestamp, marker, bytes }] of packets.entries()) {
        assembler.put(number, timestamp, marker, bytes, 0, bytes.length);
        for (let rounds = 0; assembler.take(instant(index * 100)) !== undefined; rounds += 1) assert.ok(rounds < 300);
      }
      const sizes = [2, 1];
      const far = 40_000;
      for (const packet of packetsOf(far, sizes, new Set([0]))) put(assembler, packet);
      assert.deepEqual(taken(assembler, sizes, 1e9), [0, 1]);
    }),
  );
});

test('a frame of our own comes out of its packets as it was, in runs of one size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 4, max: 9000 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 100, max: 1200 }), (lengths, mostBytes) => {
      const assembler = new Vp8FrameAssembler();
      let number = 65_530;
      for (const [index, length] of lengths.entries()) {
        const frame = new Uint8Array(length).map((_, at) => (at === 0 ? (index === 0 ? 0 : 1) : at & 255));
        const { count, partLength } = divideVp8Frame(length, mostBytes);
        const pictureId = (0x7fff + index) & 0x7fff;
        for (let part = 0; part < count; part += 1) {
          const payload = frame.subarray(part * partLength, (part + 1) * partLength);
          assert.ok(payload.length > 0 && payload.length <= mostBytes && (part === count - 1 || payload.length === partLength));
          const bytes = new Uint8Array(vp8FrameDescriptorLength + payload.length);
          writeVp8FrameDescriptor(bytes, 0, part === 0, pictureId);
          bytes.set(payload, vp8FrameDescriptorLength);
          assembler.put(number & 0xffff, index, part === count - 1 ? 1 : 0, bytes, 0, bytes.length);
          number += 1;
        }
        const taken = assembler.take(instant(0));
        assert.deepEqual(taken?.bytes, frame);
      }
    }),
  );
});
