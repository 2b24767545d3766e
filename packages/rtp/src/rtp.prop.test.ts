import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import {
  ArrivalRecorder,
  ExtensionElements,
  type ExtensionKind,
  extensionKind,
  HeaderExtensionMap,
  notReceived,
  parseRtcp,
  RtcpWriter,
  RtpHeaderWriter,
  RtpPacket,
  rtpVerdict,
  sequenceDistance,
} from './index.ts';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Objects that `deepEqual` takes for equal to literals. */
const plain = { noNullPrototype: true } as const;
const kinds = Object.entries(extensionKind).filter(([name]) => name !== 'none') as Array<[Exclude<keyof typeof extensionKind, 'none'>, ExtensionKind]>;

test('a header is read as it was written, whatever its elements', () => {
  const element = fc.record({ kind: fc.constantFrom(...kinds.map(([, kind]) => kind)), value: fc.uint8Array({ minLength: 1, maxLength: 40 }) });
  const ids = fc.shuffledSubarray(Array.from({ length: 255 }, (_, index) => index + 1).filter((id) => id !== 15), { minLength: kinds.length, maxLength: kinds.length });
  const oneByteIds = fc.shuffledSubarray(Array.from({ length: 14 }, (_, index) => index + 1), { minLength: kinds.length, maxLength: kinds.length });
  const fixed = fc.record({ marker: fc.constantFrom(0, 1), payloadType: fc.integer({ min: 0, max: 127 }), sequenceNumber: uint16, timestamp: word, ssrc: word }, plain);
  fc.assert(
    fc.property(fixed, fc.uniqueArray(element, { selector: ({ kind }) => kind }), fc.oneof(ids, oneByteIds), fc.uint8Array({ maxLength: 20 }), (header, wanted, someIds, payload) => {
      const map = new HeaderExtensionMap(kinds.map(([name], index) => ({ [name]: someIds[index] ?? 0 })));
      const bytes = new Uint8Array(1000).fill(0xff);
      const writer = new RtpHeaderWriter();
      writer.begin(bytes, 7, header.marker, header.payloadType, header.sequenceNumber, header.timestamp, header.ssrc);
      for (const { kind, value } of wanted) writer.element(map.idOf(kind), value, 0, value.length);
      const length = writer.finish();
      bytes.set(payload, 7 + length);
      const packet = new RtpPacket();
      assert.equal(packet.read(bytes, 7, length + payload.length), rtpVerdict.accepted);
      const { marker, payloadType, sequenceNumber, timestamp, ssrc } = packet;
      assert.deepEqual({ marker, payloadType, sequenceNumber, timestamp, ssrc }, header);
      assert.deepEqual(bytes.slice(packet.payloadOffset, packet.payloadOffset + packet.payloadLength), payload);
      const elements = new ExtensionElements();
      elements.locate(packet, map);
      for (const [, kind] of kinds) {
        const offset = elements.offsets[kind] ?? 0;
        const value = wanted.find((one) => one.kind === kind)?.value;
        assert.deepEqual(elements.has(kind) ? bytes.slice(offset, offset + (elements.lengths[kind] ?? 0)) : undefined, value);
      }
    }),
  );
});

test('reports are read as they were written', () => {
  const block = fc.record({
    ssrc: word,
    fractionLost: fc.integer({ min: 0, max: 255 }),
    cumulativeLost: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
    extendedHighestSequenceNumber: uint32,
    jitter: uint32,
    lastSenderReport: uint32,
    delaySinceLastSenderReport: uint32,
  }, plain);
  const sender = fc.record({ ssrc: word, ntpSeconds: uint32, ntpFraction: uint32, rtpTimestamp: word, packetCount: uint32, octetCount: uint32 }, plain);
  fc.assert(
    fc.property(sender, fc.array(block, { maxLength: 31 }), fc.string({ maxLength: 255, unit: 'binary-ascii' }), (information, blocks, name) => {
      const bytes = new Uint8Array(4000);
      const writer = new RtcpWriter().begin(bytes, 5).senderReport(information, blocks).receiverReport(7, blocks).canonicalName(8, name);
      const result = parseRtcp(bytes.subarray(5, 5 + writer.length));
      assert.deepEqual(result, {
        ok: true,
        packets: [
          { kind: 'senderReport', sender: information, blocks },
          { kind: 'receiverReport', ssrc: 7, blocks },
          { kind: 'sourceDescription', canonicalNames: [{ ssrc: 8, name }] },
        ],
      });
    }),
  );
});

test('missing packets are named whatever their numbers', () => {
  fc.assert(
    fc.property(uint16, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 100 }), (first, steps) => {
      let last = first;
      const numbers = steps.map((step) => (last = (last + step) & 0xffff));
      const bytes = new Uint8Array(1000);
      const result = parseRtcp(bytes.subarray(0, new RtcpWriter().begin(bytes, 0).nack(1, 2, numbers).length));
      assert.deepEqual(result, { ok: true, packets: [{ kind: 'nack', senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: numbers }] });
    }),
  );
});

test('feedback tells of every packet when it arrived, through loss, reordering, long gaps and wrap-around', () => {
  const packet = fc.record({ step: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: -5, max: 30 })), wait: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 200_000 })) });
  fc.assert(
    fc.property(uint16, fc.array(packet, { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (first, packets, every) => {
      const recorder = new ArrivalRecorder();
      const sent = new Map<number, number>();
      const told = new Map<number, number>();
      const bytes = new Uint8Array(1500);
      const tell = (): void => {
        while (recorder.hasUnreported) {
          const result = parseRtcp(bytes.subarray(0, new RtcpWriter().begin(bytes, 0).transportWideFeedback(1, 2, (target, at) => recorder.writeFeedback(target, at)).length));
          assert.ok(result.ok, JSON.stringify(result));
          const [feedback] = result.packets;
          assert.ok(feedback?.kind === 'transportWideFeedback');
          assert.ok(feedback.arrivals.length > 0);
          for (const [index, arrival] of feedback.arrivals.entries()) {
            if (arrival !== notReceived) told.set((feedback.baseSequenceNumber + index) & 0xffff, feedback.referenceTime * 256 + arrival);
          }
        }
      };
      let ticks = 0;
      let number = first;
      for (const [index, { step, wait }] of packets.entries()) {
        number = (number + step) & 0xffff;
        ticks += wait;
        recorder.note(number, instant(5000 + ticks / 4));
        if (!sent.has(number)) sent.set(number, ticks);
        if (index % every === 0) tell();
      }
      tell();
      const origin = sent.values().next().value ?? 0;
      const newest = [...sent.keys()].reduce((best, one) => (sequenceDistance(one, best) > 0 ? one : best));
      for (const [one, at] of sent) if (sequenceDistance(newest, one) < 2048) assert.equal((told.get(one) ?? -1) & 0xffffff, (at - origin) & 0xffffff, `packet ${one}`);
    }),
  );
});

test('rubbish is answered, never thrown at the caller', () => {
  const packet = new RtpPacket();
  const elements = new ExtensionElements();
  const map = new HeaderExtensionMap(kinds.map(([name], index) => ({ [name]: index + 1 })));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0x80, 0x90, 0xb0, 0x8f, 0xaf), (bytes, first) => {
      if (bytes.length > 0) bytes[0] = first;
      if (packet.read(bytes, 0, bytes.length) === rtpVerdict.accepted) {
        assert.ok(packet.payloadOffset + packet.payloadLength + packet.paddingLength === bytes.length);
        elements.locate(packet, map);
        for (const [, kind] of kinds) if (elements.has(kind)) assert.ok((elements.offsets[kind] ?? 0) + (elements.lengths[kind] ?? 0) <= packet.payloadOffset);
      }
      parseRtcp(bytes);
    }),
  );
});
