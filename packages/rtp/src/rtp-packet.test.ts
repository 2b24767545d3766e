import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExtensionElements, extensionKind, HeaderExtensionMap, packetKind, packetKindOf, RtpHeaderWriter, RtpPacket, rtpVerdict } from './index.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('the fields of a packet with CSRCs, extension and padding', () => {
  const bytes = bytesOf('b2 ef 1234 fedcba98 deadbeef 00000001 ffffffff bede 0001 10 8c 00 00 aabbccdd 0000 0003');
  const packet = new RtpPacket();
  assert.equal(packet.read(bytes, 0, bytes.length), rtpVerdict.accepted);
  const { marker, payloadType, sequenceNumber, timestamp, ssrc, csrcCount, extensionProfile, extensionOffset, extensionLength, payloadOffset, payloadLength, paddingLength } = packet;
  assert.deepEqual(
    { marker, payloadType, sequenceNumber, timestamp, ssrc, csrcCount, extensionProfile, extensionOffset, extensionLength, payloadOffset, payloadLength, paddingLength },
    {
      marker: 1,
      payloadType: 111,
      sequenceNumber: 0x1234,
      timestamp: 0xfedcba98 | 0,
      ssrc: 0xdeadbeef | 0,
      csrcCount: 2,
      extensionProfile: 0xbede,
      extensionOffset: 24,
      extensionLength: 4,
      payloadOffset: 28,
      payloadLength: 5,
      paddingLength: 3,
    },
  );
  assert.deepEqual([packet.csrc(0), packet.csrc(1)], [1, -1]);
});

test('what is no RTP packet is told apart', () => {
  const packet = new RtpPacket();
  const read = (hex: string): number => packet.read(bytesOf(hex), 0, bytesOf(hex).length);
  const fixed = '6f 0001 00000001 00000002';
  assert.equal(read('80 6f 0001 00000001 000000'), rtpVerdict.tooShort);
  assert.equal(read(`40 ${fixed}`), rtpVerdict.wrongVersion);
  assert.equal(read(`81 ${fixed}`), rtpVerdict.headerTruncated);
  assert.equal(read(`90 ${fixed} bede`), rtpVerdict.headerTruncated);
  assert.equal(read(`90 ${fixed} bede 0001 00`), rtpVerdict.headerTruncated);
  assert.equal(read(`a0 ${fixed} 0000`), rtpVerdict.paddingInvalid);
  assert.equal(read(`a0 ${fixed} 0003`), rtpVerdict.paddingInvalid);
  assert.equal(read(`a0 ${fixed} 0002`), rtpVerdict.accepted);
  assert.equal(packet.payloadLength, 0);
});

test('one-byte and two-byte elements are found under the ids of the leg', () => {
  const map = new HeaderExtensionMap([{ audioLevel: 1, mid: 4, transportSequence: 3, rid: 15 }, { absoluteSendTime: 2, audioLevel: 9, rid: 3 }]);
  const packet = new RtpPacket();
  const elements = new ExtensionElements();
  for (const extension of ['bede 0004 10 8c 22 010203 00 31 abcd 00 40 30 90 11 00', '1000 0005 01 01 8c 02 03 010203 03 02 abcd 00 04 01 30 09 01 11 00']) {
    const bytes = bytesOf(`90 6f 0001 00000001 00000002 ${extension}`);
    assert.equal(packet.read(bytes, 0, bytes.length), rtpVerdict.accepted, extension);
    elements.locate(packet, map);
    assert.deepEqual(
      [elements.audioLevel(), elements.voiceActivity(), elements.absoluteSendTime(), elements.transportSequence(), elements.text(extensionKind.mid), elements.text(extensionKind.rid)],
      [12, 1, 0x010203, 0xabcd, '0', undefined],
    );
  }
  const without = bytesOf('80 6f 0001 00000001 00000002');
  packet.read(without, 0, without.length);
  elements.locate(packet, map);
  assert.deepEqual([elements.audioLevel(), elements.voiceActivity(), elements.absoluteSendTime(), elements.transportSequence()], [-1, -1, -1, -1]);
});

test('an element that reaches beyond the extension ends the search, what came before counts', () => {
  const map = new HeaderExtensionMap([{ audioLevel: 1, mid: 2 }]);
  const bytes = bytesOf('90 6f 0001 00000001 00000002 bede 0001 10 0c 23 61 62636465');
  const packet = new RtpPacket();
  const elements = new ExtensionElements();
  packet.read(bytes, 0, bytes.length);
  elements.locate(packet, map);
  assert.deepEqual([elements.audioLevel(), elements.has(extensionKind.mid)], [12, false]);
});

test('a header is written with one-byte elements, and with two-byte ones as soon as one needs it', () => {
  const writer = new RtpHeaderWriter();
  const bytes = new Uint8Array(64);
  writer.begin(bytes, 4, 1, 96, 0xffff, -2, 0xdeadbeef);
  assert.equal(writer.finish(), 12);
  assert.equal(Buffer.from(bytes.subarray(4, 16)).toString('hex'), '80e0fffffffffffedeadbeef');
  writer.begin(bytes, 4, 0, 96, 1, 2, 3);
  writer.elementUint8(1, 0x8c);
  writer.elementUint16(3, 0xabcd);
  writer.elementUint24(2, 0x010203);
  assert.equal(writer.finish(), 28);
  assert.equal(Buffer.from(bytes.subarray(16, 32)).toString('hex'), 'bede0003108c31abcd22010203000000');
  writer.begin(bytes, 4, 0, 96, 1, 2, 3);
  writer.elementUint8(1, 0x8c);
  writer.elementUint16(3, 0xabcd);
  writer.element(20, Uint8Array.of(9, 8, 7), 1, 2);
  assert.equal(writer.finish(), 28);
  assert.equal(Buffer.from(bytes.subarray(16, 32)).toString('hex'), '1000000301018c0302abcd1402080700');
});

test('STUN, DTLS, RTP and RTCP share a port', () => {
  const kindOf = (...bytes: number[]): number => packetKindOf(Uint8Array.from(bytes), 0, bytes.length);
  assert.deepEqual([kindOf(0, 1), kindOf(22, 254), kindOf(0x80, 111), kindOf(0x90, 0xef), kindOf(0x80, 200), kindOf(0x8f, 206)], [
    packetKind.stun,
    packetKind.dtls,
    packetKind.rtp,
    packetKind.rtp,
    packetKind.rtcp,
    packetKind.rtcp,
  ]);
  assert.deepEqual([kindOf(0x80), kindOf(64, 0), kindOf(192, 0), kindOf(19, 0)], Array(4).fill(packetKind.unknown));
});
