import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage, maxMessageBytes, parseFrame, type Frame, type Message } from './frame.ts';
import { Reassembly } from './reassembly.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const message = fc.record<Message>({
  kind: fc.constantFrom('message', 'close', 'realTimeText', 'diagnostic'),
  channelId: uint32,
  sequenceNumber: uint32,
  payload: fc.uint8Array({ maxLength: 4000 }),
});

const parsed = (bytes: Uint8Array): Frame => {
  const frame = parseFrame(bytes);
  assert.ok(frame !== undefined);
  return frame;
};

test('a message arrives whole, whatever the order of its fragments', () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 100, max: 4000 }), fc.infiniteStream(fc.double({ noNaN: true })), (sent, fragmentBytes, order) => {
      const frames = encodeMessage(sent, fragmentBytes).map((bytes) => ({ frame: parsed(bytes), rank: order.next().value ?? 0 }));
      const reassembly = new Reassembly();
      const arrived = frames.sort((one, other) => one.rank - other.rank).map(({ frame }) => reassembly.accept(frame));
      assert.deepEqual(arrived.slice(0, -1).filter((payload) => payload !== undefined), []);
      assert.deepEqual(arrived.at(-1), sent.payload);
      for (const { frame } of frames) assert.deepEqual({ ...sent, payload: undefined }, { ...messageOf(frame), payload: undefined });
    }),
  );
});

test('a lost fragment loses its message alone', () => {
  const [first] = encodeMessage({ kind: 'message', channelId: 1, sequenceNumber: 1, payload: new Uint8Array(3000) }, 1000);
  const reassembly = new Reassembly();
  assert.ok(first !== undefined);
  assert.equal(reassembly.accept(parsed(first)), undefined);
  const next = encodeMessage({ kind: 'message', channelId: 1, sequenceNumber: 2, payload: new Uint8Array([7]) }, 1000);
  assert.deepEqual(next.map((bytes) => reassembly.accept(parsed(bytes))), [new Uint8Array([7])]);
});

test('bytes that are no frame are refused, never thrown', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { parseFrame(bytes); }));
});

test('hostile frames neither throw nor grow what is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ sequenceNumber: fc.integer({ min: 0, max: 40 }), fragmentIndex: fc.nat(70), fragmentCount: fc.integer({ min: 1, max: 70 }), size: fc.nat(maxMessageBytes) }), { maxLength: 60 }), (frames) => {
      const reassembly = new Reassembly();
      for (const { size, ...frame } of frames) {
        const whole = reassembly.accept({ kind: 'message', channelId: 1, payload: new Uint8Array(size), ...frame, fragmentIndex: frame.fragmentIndex % frame.fragmentCount });
        assert.ok((whole?.length ?? 0) <= maxMessageBytes);
      }
      const kept = (reassembly as unknown as { incomplete: Map<number, { bytes: number }> }).incomplete;
      assert.ok(kept.size <= 16);
      for (const { bytes } of kept.values()) assert.ok(bytes <= maxMessageBytes);
    }),
    { numRuns: 50 },
  );
});

function messageOf({ kind, channelId, sequenceNumber, payload }: Frame): Message {
  return { kind, channelId, sequenceNumber, payload };
}
