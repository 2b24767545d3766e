import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { notMapped, RetransmissionStore, RtpHeaderWriter, RtpPacket, SequenceMapping, TimestampMapping, timestampDistance, Vp8Descriptor, Vp8Mapping } from '../index.ts';

const uint16 = fc.integer({ min: 0, max: 0xffff });

/** Packets of one source in the order they arrive: some overtaken, none by more than `most`. */
function reordered(count: number, swaps: readonly number[], most: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (const [index, swap] of swaps.entries()) {
    const [a, b] = [index % count, (index % count) + (swap % most)];
    const [one, other] = [order[a], order[b]];
    if (one === undefined || other === undefined || Math.abs(one - index) > 2) continue;
    order[a] = other;
    order[b] = one;
  }
  return order;
}

test('what is left out leaves no gap, what is lost or late leaves its own', () => {
  fc.assert(
    fc.property(uint16, uint16, fc.array(fc.constantFrom('sent', 'sent', 'sent', 'leftOut', 'lost'), { minLength: 1, maxLength: 200 }), (first, start, fates) => {
      const mapping = new SequenceMapping(start);
      mapping.splice(first);
      let expected = start;
      const sent: Array<readonly [number, number]> = [];
      for (const [index, fate] of fates.entries()) {
        const number = (first + index) & 0xffff;
        if (fate === 'leftOut') mapping.leaveOut(number);
        if (fate === 'sent') assert.equal(mapping.map(number), expected & 0xffff);
        if (fate !== 'leftOut') sent.push([number, expected & 0xffff]);
        if (fate !== 'leftOut') expected += 1;
      }
      const lastSent = fates.findLastIndex((fate) => fate !== 'lost');
      // A lost number at the end has no place yet: it gets one when a later packet comes.
      for (const [number, outgoing] of sent.slice(-150)) if (((number - first) & 0xffff) <= lastSent) assert.equal(mapping.map(number), outgoing);
      for (const [index, fate] of fates.entries()) if (fate === 'leftOut' && index > fates.length - 150) assert.equal(mapping.map((first + index) & 0xffff), notMapped);
    }),
  );
});

test('another source follows the last number, and late packets of the one before are not sent', () => {
  const mapping = new SequenceMapping(65_535);
  mapping.splice(1000);
  assert.deepEqual([1000, 1001, 1003].map((number) => mapping.map(number)), [65_535, 0, 2]);
  mapping.splice(7);
  assert.deepEqual([7, 6, 8].map((number) => mapping.map(number)), [3, notMapped, 4]);
  assert.equal(mapping.insert(), 5);
  assert.deepEqual([9, 8, 7].map((number) => mapping.map(number)), [6, 4, 3]);
});

test('packets of our own and those of sources follow each other, whichever come first', () => {
  fc.assert(
    fc.property(uint16, fc.array(fc.oneof(fc.constant('own' as const), fc.record({ first: uint16, count: fc.integer({ min: 1, max: 5 }) })), { minLength: 1, maxLength: 20 }), (start, turns) => {
      const mapping = new SequenceMapping(start);
      const sent: number[] = [];
      for (const turn of turns) {
        if (turn === 'own') sent.push(mapping.insert());
        else {
          mapping.splice(turn.first);
          for (let index = 0; index < turn.count; index += 1) sent.push(mapping.map((turn.first + index) & 0xffff));
        }
      }
      assert.deepEqual(sent, sent.map((_, index) => (start + index) & 0xffff));
    }),
  );
});

test('timestamps go on across sources, and always forward', () => {
  const timestamps = new TimestampMapping(0x7ffffff0);
  timestamps.splice(100, 0);
  assert.equal(timestamps.map(100), 0x7ffffff0);
  assert.equal(timestamps.map(3100), (0x7ffffff0 + 3000) | 0);
  assert.equal(timestamps.newestIncoming, 3100);
  timestamps.splice(-5, 1500);
  assert.equal(timestamps.map(-5), (0x7ffffff0 + 4500) | 0);
  timestamps.splice(0, -90_000);
  assert.equal(timestampDistance(timestamps.map(0), (0x7ffffff0 + 4500) | 0), 1);
  assert.equal(timestamps.peek(90), (0x7ffffff0 + 4591) | 0);
});

test('picture ids have no gaps but those of lost frames, whatever their length and order', () => {
  const shape = fc.record({
    start: fc.integer({ min: 0, max: 0x7fff }),
    bits: fc.constantFrom(7, 15),
    swaps: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 60 }),
    count: fc.integer({ min: 1, max: 60 }),
    most: fc.integer({ min: 0, max: 2 }),
  });
  const layers = [0, 2, 1, 2];
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 4 }), (sources) => {
      const mapping = new Vp8Mapping(0x7ffe, 254);
      const descriptor = new Vp8Descriptor();
      let highest = 0x7ffd;
      let tl0 = 253;
      for (const { start, bits, swaps, count, most } of sources) {
        descriptor.pictureId = start & (2 ** bits - 1);
        descriptor.tl0PictureIndex = 9;
        mapping.splice(descriptor);
        const outgoing = new Map<number, number>();
        for (const frame of [0, ...reordered(count, swaps, 3).filter((one) => one !== 0)]) {
          descriptor.pictureId = (start + frame) & (2 ** bits - 1);
          descriptor.temporalLayer = layers[frame % 4] ?? 0;
          descriptor.tl0PictureIndex = (9 + Math.floor(frame / 4)) & 0xff;
          if (descriptor.temporalLayer > most) mapping.leaveOut(descriptor);
          else {
            const id = mapping.pictureId(descriptor);
            if (id !== notMapped) outgoing.set(frame, (id - highest) & 0x7fff);
            assert.equal((mapping.tl0PictureIndex(descriptor) - tl0) & 0xff, 1 + Math.floor(frame / 4));
          }
        }
        const ids = [...outgoing].sort(([a], [b]) => a - b).map(([, id]) => id);
        assert.equal(ids[0], 1);
        for (const [index, id] of ids.entries()) assert.ok(index === 0 || id > (ids[index - 1] ?? 0), `ids ${ids}`);
        if (swaps.length === 0) assert.deepEqual(ids, ids.map((_, index) => index + 1));
        highest = (highest + Math.max(...ids, 1)) & 0x7fff;
        tl0 = (tl0 + 1 + Math.floor((Math.max(...outgoing.keys()) - (Math.max(...outgoing.keys()) % 4)) / 4)) & 0xff;
        // Frames overtaken by one that was left out may have kept numbers above those that were sent.
        if (swaps.length > 0) return;
      }
    }),
  );
});

test('a store gives back what was put, keeps what is young, and never more than it may', () => {
  const step = fc.record({ skip: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: -3, max: 400 })), length: fc.integer({ min: 12, max: 1400 }), wait: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(uint16, fc.array(step, { minLength: 1, maxLength: 400 }), (first, steps) => {
      const store = new RetransmissionStore({ keepMs: 500, leastBytes: 4096, mostBytes: 64 * 1024 });
      const put = new Map<number, { readonly bytes: string; readonly at: number; readonly order: number }>();
      const packet = new RtpPacket();
      const writer = new RtpHeaderWriter();
      let number = first;
      let at = 0;
      let total = 0;
      for (const [order, { skip, length, wait }] of steps.entries()) {
        number = (number + skip) & 0xffff;
        at += wait;
        const bytes = new Uint8Array(length + 8).fill(order);
        writer.begin(bytes, 8, 0, 96, number, order, 1);
        packet.read(bytes, 8, length);
        const known = store.find(number);
        store.put(packet, instant(at));
        if (!known) put.set(number, { bytes: Buffer.from(bytes.subarray(8)).toString('hex'), at, order });
        assert.ok(store.bytes.length <= 64 * 1024);
        assert.ok(store.find(number));
        total += length;
      }
      for (const [one, { bytes, at: putAt, order }] of put) {
        const isFound = store.find(one);
        if (isFound) assert.equal(Buffer.from(store.bytes.subarray(store.offset, store.offset + store.length)).toString('hex'), bytes);
        const isShadowed = [...put].some(([other, later]) => other !== one && (other & 1023) === (one & 1023) && later.order > order);
        if (at - putAt < 500 && total < 30_000 && !isShadowed) assert.ok(isFound, `packet ${one} of ${at - putAt} ms ago is gone`);
      }
    }),
  );
});
