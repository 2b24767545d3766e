import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CandidatePairFigures, ReceivedStream } from './stats-snapshot.ts';
import { StreamQualityMeter } from './stream-quality.ts';
import { recordedSnapshots } from './test-recording.ts';

test('every stream has its figures since the start, and no figure that was not observed', () => {
  const [before, after] = recordedSnapshots();
  const meter = new StreamQualityMeter();
  meter.observe(before, after);
  const qualities = meter.qualities();
  assert.deepEqual(qualities.map(({ mediaType, streamDirection }) => `${mediaType} ${streamDirection}`).sort(), [
    'Audio Inbound', 'Audio Outbound', 'ScreenSharing Outbound', 'Video Inbound', 'Video Outbound',
  ]);
  const audio = qualities.find(({ mediaType, streamDirection }) => mediaType === 'Audio' && streamDirection === 'Outbound');
  assert.deepEqual(audio, {
    roundTripTimeAvg: 1.16, roundTripTimeMax: 1.16, jitterAvg: 0.25, jitterMax: 0.25, packetLossRateAvg: 0, packetLossRateMax: 0,
    mediaType: 'Audio', streamDirection: 'Outbound', transportType: 'UDP', packetUtilization: 350, codecName: 'OPUS', streamId: '1039131086 out',
  });
  const picture = qualities.find(({ mediaType, streamDirection }) => mediaType === 'Video' && streamDirection === 'Inbound');
  assert.deepEqual([picture?.recvResolutionHeight, picture?.recvFreezeDurationPerMinuteInMs], [180, undefined]);
});

test('averages and maxima are over the seconds observed', () => {
  const [before, after] = recordedSnapshots();
  const meter = new StreamQualityMeter();
  const worsened = (stream: ReceivedStream): ReceivedStream => ({ ...stream, jitterMs: 40, packetsLost: stream.packetsLost + 50, packets: stream.packets + 50 });
  const worse = { ...after, received: after.received.map(worsened), at: after.at + 1000 };
  meter.observe(before, after);
  meter.observe(after, worse);
  const audio = meter.qualities().find(({ mediaType, streamDirection }) => mediaType === 'Audio' && streamDirection === 'Inbound');
  assert.deepEqual([audio?.jitterAvg, audio?.jitterMax, audio?.packetLossRateAvg, audio?.packetLossRateMax], [20, 40, 0.25, 0.5]);
});

test('a relay reached over TLS is a TCP path', () => {
  const [before, after] = recordedSnapshots();
  const meter = new StreamQualityMeter();
  const overTls = (pair: CandidatePairFigures): CandidatePairFigures => ({ ...pair, local: { ...pair.local, relayProtocol: 'tls' } });
  meter.observe(before, { ...after, pairs: after.pairs.map(overTls) });
  assert.deepEqual([...new Set(meter.qualities().map(({ transportType }) => transportType))], ['TCP']);
});
