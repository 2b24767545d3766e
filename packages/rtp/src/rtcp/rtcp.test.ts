import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { ArrivalRecorder, notReceived, parseRtcp, type RtcpPacket, RtcpWriter } from '../index.ts';

const buffer: Uint8Array = new Uint8Array(1500);
const writer = new RtcpWriter();
const hex = (): string => Buffer.from(buffer.subarray(0, writer.length)).toString('hex');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function parsed(bytes = buffer.subarray(0, writer.length)): readonly RtcpPacket[] {
  const result = parseRtcp(bytes);
  assert.ok(result.ok, JSON.stringify(result));
  return result.packets;
}

test('a compound packet of every kind is read as it was written', () => {
  const block = { ssrc: -5, fractionLost: 255, cumulativeLost: -3, extendedHighestSequenceNumber: 0xffffffff, jitter: 7, lastSenderReport: 0xfedcba98, delaySinceLastSenderReport: 0xffff0000 };
  const sender = { ssrc: 0xdeadbeef | 0, ntpSeconds: 0xe0000000, ntpFraction: 0x80000000, rtpTimestamp: -1, packetCount: 4e9, octetCount: 5 };
  writer.begin(buffer, 0).senderReport(sender, [block]).canonicalName(1, 'dialplane').bye([1, -2]).nack(1, 2, [65535, 0, 15, 16, 40]).pictureLossIndication(1, 2);
  writer.fullIntraRequest(1, [{ ssrc: -9, sequenceNumber: 200 }]).maximumBitrate(1, 1_500_001, [2, 3]).receiverReport(9, []);
  assert.deepEqual(parsed(), [
    { kind: 'senderReport', sender, blocks: [block] },
    { kind: 'sourceDescription', canonicalNames: [{ ssrc: 1, name: 'dialplane' }] },
    { kind: 'bye', ssrcs: [1, -2] },
    { kind: 'nack', senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [65535, 0, 15, 16, 40] },
    { kind: 'pictureLossIndication', senderSsrc: 1, mediaSsrc: 2 },
    { kind: 'fullIntraRequest', senderSsrc: 1, requests: [{ ssrc: -9, sequenceNumber: 200 }] },
    { kind: 'maximumBitrate', senderSsrc: 1, bitrateBps: 1_500_000, ssrcs: [2, 3] },
    { kind: 'receiverReport', ssrc: 9, blocks: [] },
  ]);
});

test('bytes on the wire, field by field', () => {
  writer.begin(buffer, 0).nack(1, 2, [100, 101, 116, 117]);
  assert.equal(hex(), '81cd000400000001000000020064800100750000');
  writer.begin(buffer, 0).canonicalName(1, 'abc');
  assert.equal(hex(), '81ca000300000001010361626300000000'.slice(0, 32));
  writer.begin(buffer, 0).maximumBitrate(1, 262143, [7]);
  assert.equal(hex(), '8fce0005000000010000000052454d420103ffff00000007');
});

test('what is no RTCP is refused with the place', () => {
  const refused = (text: string): unknown => {
    const result = parseRtcp(bytesOf(text));
    return result.ok ? result.packets : [result.code, result.at];
  };
  assert.deepEqual(refused('80c9'), ['TOO_SHORT', 2]);
  assert.deepEqual(refused('00c90001 00000001'), ['WRONG_VERSION', 0]);
  assert.deepEqual(refused('80c90002 00000001'), ['LENGTH_MISMATCH', 2]);
  assert.deepEqual(refused('80c90001 00000001 80'), ['LENGTH_MISMATCH', 8]);
  assert.deepEqual(refused('a0c90001 00000005'), ['PADDING_INVALID', 7]);
  assert.deepEqual(refused('81c90001 00000001'), ['BODY_TRUNCATED', 0]);
  assert.deepEqual(refused('81ca0002 00000001 01ff6162'), ['BODY_TRUNCATED', 0]);
  assert.deepEqual(refused('80c90001 00000001 8fcd0005 00000001 00000002 0001 0009 000000 00 2000 2000'), ['FEEDBACK_INVALID', 8]);
  assert.deepEqual(refused('8fcd0005 00000001 00000002 0001 ffff 000000 00 3fff 3fff'), ['FEEDBACK_INVALID', 0]);
  assert.deepEqual(refused('85cf0001 00000001'), [{ kind: 'other', packetType: 207, format: 5 }]);
});

test('transport-wide feedback in run lengths and vectors of both kinds', () => {
  const [packet] = parsed(bytesOf('8fcd0007 00000001 00000002 fffe 0017 ffffff 07 2002 a000 e400 04 05 06 fff0 07'));
  assert.ok(packet?.kind === 'transportWideFeedback');
  assert.deepEqual([packet.baseSequenceNumber, packet.referenceTime, packet.feedbackCount], [0xfffe, -1, 7]);
  const none = (count: number): number[] => Array.from({ length: count }, () => notReceived);
  assert.deepEqual([...packet.arrivals], [4, 9, 15, ...none(13), -1, 6, ...none(5)]);
});

test('a recorder tells of each packet once, and of a late one again', () => {
  const recorder = new ArrivalRecorder();
  const told = (): unknown => {
    writer.begin(buffer, 0).transportWideFeedback(1, 2, (bytes, at) => recorder.writeFeedback(bytes, at));
    const [packet] = parsed();
    assert.ok(packet?.kind === 'transportWideFeedback');
    return [packet.feedbackCount, packet.baseSequenceNumber, packet.referenceTime, [...packet.arrivals]];
  };
  assert.equal(recorder.hasUnreported, false);
  recorder.note(65534, instant(1000));
  recorder.note(65535, instant(1001));
  recorder.note(2, instant(1100));
  recorder.note(1, instant(1100.5));
  assert.deepEqual(told(), [0, 65534, 0, [0, 4, notReceived, 402, 400]]);
  assert.equal(recorder.hasUnreported, false);
  recorder.note(0, instant(1110));
  recorder.note(2, instant(1111));
  assert.deepEqual(told(), [1, 0, 1, [184, 146, 144]]);
  recorder.note(3, instant(20_000));
  assert.deepEqual(told(), [2, 3, 296, [224]]);
});
