import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { ArrivalRecorder, NackGenerator, parseRtcp, ReceiveStatistics, RetransmissionStore, RtcpWriter, RtpPacket, rtpVerdict } from '../index.ts';
import { checkReaders, corpus, mutants } from './test-rtp-fuzz.ts';

test('the corpus: what real clients send is understood, and nothing is read past the end', () => {
  const packet = new RtpPacket();
  for (const { file, name, bytes } of corpus) {
    checkReaders(bytes);
    if (file === 'libwebrtc-rtp.hex') assert.equal(packet.read(bytes, 0, bytes.length), rtpVerdict.accepted, name);
    if (file === 'libwebrtc-rtcp.hex') assert.equal(parseRtcp(bytes).ok, true, name);
  }
});

test('the corpus meets every reason to refuse a packet', () => {
  const packet = new RtpPacket();
  const hostile = corpus.filter(({ file }) => file === 'hostile.hex').map(({ bytes }) => bytes);
  const codes = hostile.map((bytes) => parseRtcp(bytes)).flatMap((result) => (result.ok ? [] : [result.code]));
  assert.deepEqual([...new Set(codes)].sort(), ['BODY_TRUNCATED', 'FEEDBACK_INVALID', 'LENGTH_MISMATCH', 'PADDING_INVALID', 'TOO_SHORT', 'WRONG_VERSION']);
  const verdicts = new Set<number>(hostile.map((bytes) => packet.read(bytes, 0, bytes.length)));
  for (const verdict of [rtpVerdict.accepted, rtpVerdict.tooShort, rtpVerdict.headerTruncated, rtpVerdict.paddingInvalid]) assert.ok(verdicts.has(verdict), `${verdict}`);
});

test('mutants of the corpus: every reader answers, whatever lies around the packet', () => {
  fc.assert(fc.property(mutants, (bytes) => void checkReaders(bytes)), { numRuns: 3000 });
});

test('what counts and keeps packets survives any of them, in any order and at any time', () => {
  const step = fc.record({ number: fc.nat(0xffff), timestamp: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), length: fc.integer({ min: 12, max: 1500 }), wait: fc.oneof(fc.nat(30), fc.nat(10_000_000)) });
  const buffer = new Uint8Array(1500);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const [statistics, nacks, recorder] = [new ReceiveStatistics(90_000), new NackGenerator(), new ArrivalRecorder()];
      const store = new RetransmissionStore({ keepMs: 500, leastBytes: 4096, mostBytes: 16_384 });
      const packet = new RtpPacket();
      packet.read(Uint8Array.of(0x80, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ...new Uint8Array(1488)), 0, 1500);
      let now = 0;
      for (const { number, timestamp, length, wait } of steps) {
        now += wait;
        Object.assign(packet, { sequenceNumber: number, length });
        statistics.note(number, timestamp, length, instant(now));
        nacks.note(number, instant(now));
        recorder.note(number, instant(now));
        store.put(packet, instant(now));
        const missing = nacks.take(instant(now), 50);
        assert.ok(missing.length <= 256);
        const writer = new RtcpWriter().begin(buffer, 0).receiverReport(1, [statistics.report(1, instant(now))]).nack(1, 2, missing.slice(0, 200));
        while (recorder.hasUnreported && writer.length < 200) writer.transportWideFeedback(1, 2, (bytes, at) => recorder.writeFeedback(bytes, at));
        assert.ok(parseRtcp(buffer.subarray(0, writer.length)).ok);
        assert.ok(store.bytes.length <= 16_384);
      }
    }),
    { numRuns: 200 },
  );
});
