import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  encodeRedundantAudio,
  parseRedundantAudio,
  parseTelephoneEvent,
  primaryAudioOffset,
  RtpPacket,
  startsAv1KeyFrame,
  startsH264KeyFrame,
  startsVp9KeyFrame,
  type KeyFrameTest,
  type SentAudio,
  unwrapRetransmission,
  Vp8Descriptor,
  vp8KeyFrameSize,
  writeTelephoneEvent,
  writeVp8Descriptor,
} from '../index.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function descriptorOf(hex: string): Omit<Vp8Descriptor, 'read'> | undefined {
  const bytes = bytesOf(hex);
  const descriptor = new Vp8Descriptor();
  return descriptor.read(bytes, 0, bytes.length) ? { ...descriptor } : undefined;
}

test('VP8 descriptors: without extension, with everything, with a short picture id', () => {
  const nothing = { pictureId: -1, tl0PictureIndex: -1, temporalLayer: -1, isLayerSync: false, keyIndex: -1 };
  assert.deepEqual(descriptorOf('10 00'), { ...nothing, length: 1, first: 0x10, startsFrame: true, startsKeyFrame: true });
  assert.deepEqual(descriptorOf('10 01'), { ...nothing, length: 1, first: 0x10, startsFrame: true, startsKeyFrame: false });
  assert.deepEqual(descriptorOf('11 00'), { ...nothing, length: 1, first: 0x11, startsFrame: false, startsKeyFrame: false });
  assert.deepEqual(descriptorOf('90 f0 ffff 80 b1 00'), {
    length: 6,
    first: 0x90,
    startsFrame: true,
    startsKeyFrame: true,
    pictureId: 0x7fff,
    tl0PictureIndex: 0x80,
    temporalLayer: 2,
    isLayerSync: true,
    keyIndex: 17,
  });
  assert.deepEqual(descriptorOf('80 80 7f 00'), { ...nothing, length: 3, first: 0x80, startsFrame: false, startsKeyFrame: false, pictureId: 0x7f });
  for (const cut of ['10', '90 f0 ffff 80 b1', '90 80', '90 80 ff', '90 80 ff00']) assert.equal(descriptorOf(cut), undefined, cut);
});

test('a VP8 descriptor that is written is read as the same, with the numbers that were asked for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 7, maxLength: 12 }), fc.integer({ min: 0, max: 0x7fff }), fc.integer({ min: 0, max: 255 }), (bytes, pictureId, tl0PictureIndex) => {
      const descriptor = new Vp8Descriptor();
      assert.ok(descriptor.read(bytes, 0, bytes.length));
      const written = new Uint8Array(20);
      const length = writeVp8Descriptor(written, 3, descriptor, pictureId, tl0PictureIndex);
      written.set(bytes.subarray(descriptor.length, descriptor.length + 1), 3 + length);
      const read = new Vp8Descriptor();
      assert.ok(read.read(written, 3, length + 1));
      assert.deepEqual({ ...read, length: 0 }, {
        ...descriptor,
        length: 0,
        pictureId: descriptor.pictureId < 0 ? -1 : pictureId,
        tl0PictureIndex: descriptor.tl0PictureIndex < 0 ? -1 : tl0PictureIndex,
      });
      assert.equal(read.length, length);
    }),
  );
});

test('the size of a VP8 key frame', () => {
  assert.equal(vp8KeyFrameSize(bytesOf('ff 500200 9d012a 8002 68c1 00'), 1, 10), (640 << 16) | 360);
  assert.equal(vp8KeyFrameSize(bytesOf('500200 9d012a 8002 68'), 0, 9), 0);
});

test('key frames of H.264, VP9 and AV1 begin where a decoder can start', () => {
  const all = (isStart: KeyFrameTest, begins: readonly string[], others: readonly string[]): void => {
    const starts = (hex: string): boolean => isStart(bytesOf(`00 ${hex}`), 1, bytesOf(hex).length);
    for (const hex of begins) assert.equal(starts(hex), true, hex);
    for (const hex of [...others, '', '78', '08']) assert.equal(starts(hex), false, hex);
  };
  // An IDR slice, parameter sets, a STAP-A with them, the first fragment of an IDR slice; a slice, a later fragment, a STAP-A of slices, one whose lengths lie.
  all(startsH264KeyFrame, ['65 88', '67 42', '78 0002 6742 0002 68ce', '78 0001 09 0002 6588', '7c 85 88'], ['61 88', '7c 05 88', '7c 81 88', '78 0001 61 0001 61', '78 ffff 61 65']);
  // Without layers; with them and picture ids of both lengths; predicted, continued, an upper layer.
  all(startsVp9KeyFrame, ['08 00', 'a8 01 00', 'a8 8001 00', '28 00'], ['48 00', '00 00', 'a8 01 02', 'a8 8001 06', 'e8 01 00']);
  all(startsAv1KeyFrame, ['18 0a', '08 0a'], ['10 0a', '00 0a']);
});

/** Beginnings of payloads that Chromium 156 sent, in order, and which of them begin frames that its own encoder calls key frames. */
interface RecordedPictures {
  /** With the layers that it was asked for. */
  readonly codec: string;
  readonly packets: ReadonlyArray<{ readonly payload: string; readonly beginsKeyFrame: boolean }>;
}

test('of what Chromium sends, with and without layers, the packets that begin its key frames are where a decoder can start, and no others', () => {
  const recorded = JSON.parse(readFileSync(new URL('fixtures/chromium-pictures.json', import.meta.url), 'utf8')) as readonly RecordedPictures[];
  const tests: Readonly<Record<string, KeyFrameTest>> = { H264: startsH264KeyFrame, VP9: startsVp9KeyFrame, AV1: startsAv1KeyFrame };
  for (const { codec, packets } of recorded) {
    const starts = tests[codec.split(' ')[0] ?? ''];
    assert.ok(starts !== undefined && packets.length > 0, codec);
    for (const { payload, beginsKeyFrame } of packets) assert.equal(starts(bytesOf(payload), 0, payload.length / 2), beginsKeyFrame, `${codec}: ${payload}`);
  }
});

test('a retransmission becomes what was lost, padding does not', () => {
  const packet = new RtpPacket();
  const bytes = bytesOf('80 61 0009 00000001 00000002 1234 aabb');
  packet.read(bytes, 0, bytes.length);
  assert.equal(unwrapRetransmission(packet, 77, 96), true);
  assert.deepEqual([packet.ssrc, packet.payloadType, packet.sequenceNumber, packet.payloadOffset, packet.payloadLength], [77, 96, 0x1234, 14, 2]);
  const padding = bytesOf('a0 61 0009 00000001 00000002 0000 0004');
  packet.read(padding, 0, padding.length);
  assert.equal(unwrapRetransmission(packet, 77, 96), false);
});

test('RED: redundant blocks, then the primary one; lengths that lie are refused', () => {
  const bytes = bytesOf('ff ef 0f0002 ef 078003 6f 0102 030405 0607');
  assert.deepEqual(parseRedundantAudio(bytes, 1, bytes.length - 1), [
    { payloadType: 111, timestampOffset: 960, offset: 10, length: 2 },
    { payloadType: 111, timestampOffset: 480, offset: 12, length: 3 },
    { payloadType: 111, timestampOffset: 0, offset: 15, length: 2 },
  ]);
  assert.equal(primaryAudioOffset(bytes, 1, bytes.length - 1), 15);
  for (const hex of ['', 'ef', 'ef 0f0002', 'ef 0f0002 6f 01', 'ef 0f00 6f']) {
    assert.equal(parseRedundantAudio(bytesOf(hex), 0, bytesOf(hex).length), undefined, hex);
    assert.equal(primaryAudioOffset(bytesOf(hex), 0, bytesOf(hex).length), -1, hex);
  }
  const many = bytesOf(`${'ef 000000'.repeat(11)} 6f`);
  assert.equal(parseRedundantAudio(many, 0, many.length), undefined);
});

test('RED that is written: with the frame before, alone where there is none or the header cannot tell of it', () => {
  const frame = (timestamp: number, hex: string): SentAudio => ({ timestamp, payload: bytesOf(hex) });
  assert.deepEqual(encodeRedundantAudio(111, frame(1920, '0607'), frame(960, '010203')), bytesOf('ef 0f0003 6f 010203 0607'));
  assert.deepEqual(encodeRedundantAudio(111, frame(-960, '06'), frame(-1920, '')), bytesOf('ef 0f0000 6f 06'));
  for (const before of [undefined, frame(1920, '01'), frame(2880, '01'), frame(1920 - 0x4000, '01'), { timestamp: 960, payload: new Uint8Array(1024) }]) {
    assert.deepEqual(encodeRedundantAudio(111, frame(1920, '0607'), before), bytesOf('6f 0607'));
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 127 }), fc.uint8Array({ maxLength: 1023 }), fc.uint8Array({ maxLength: 1500 }), fc.integer({ min: 1, max: 0x3fff }), (payloadType, before, payload, age) => {
      const bytes = encodeRedundantAudio(payloadType, { timestamp: age | 0, payload }, { timestamp: 0, payload: before });
      const blocks = parseRedundantAudio(bytes, 0, bytes.length) ?? [];
      assert.deepEqual(blocks.map((block) => [block.payloadType, block.timestampOffset, bytes.slice(block.offset, block.offset + block.length)]), [[payloadType, age, before], [payloadType, 0, payload]]);
    }),
  );
});

test('telephone events', () => {
  const bytes = new Uint8Array(5);
  const event = { event: 11, end: true, volume: 10, duration: 1600 };
  writeTelephoneEvent(bytes, 1, event);
  assert.equal(Buffer.from(bytes).toString('hex'), '000b8a0640');
  assert.deepEqual(parseTelephoneEvent(bytes, 1, 4), event);
  assert.equal(parseTelephoneEvent(bytes, 1, 3), undefined);
});
