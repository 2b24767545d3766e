import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaStatsSample } from './media-stats-sample.ts';
import type { ReceivedStream } from './stats-snapshot.ts';
import { recordedSnapshots } from './test-recording.ts';

const perSecond = (grown: number) => (grown * 1000) / 1002;

test('a sample has every stream in its place, with rates since the sample before', () => {
  const [before, after] = recordedSnapshots();
  const sample = mediaStatsSample(before, after, () => '7', new Map());
  assert.deepEqual(sample.audio.send, [
    {
      id: 'OT01A1039131086', codecName: 'OPUS', transportId: 'T01', packets: 350, packetsLost: 0, packetsLostPerSecond: 0, packetsPerSecond: perSecond(50),
      bitrate: perSecond(3122) * 8, jitterInMs: 0.25, rttInMs: 1.16, audioInputLevel: sample.audio.send[0]?.audioInputLevel,
    },
  ]);
  assert.equal(sample.audio.receive.length, 1);
  assert.equal(sample.audio.receive[0]?.healedRatio, 0);
  assert.ok(Math.abs((sample.audio.receive[0]?.jitterBufferDelayInMs ?? 0) - ((10_704 - 9225.6) / (334_080 - 286_080)) * 1000) < 1e-9);
  assert.equal(sample.audio.receive[0]?.audioOutputLevel, Math.round(0.0038758507034516434 * 65_536));
  const [camera] = sample.video.send;
  assert.deepEqual(
    [camera?.codecName, camera?.frameWidthInput, camera?.frameHeightInput, camera?.frameRateSent, camera?.frameHeightSent, camera?.altLayouts],
    ['VP8', 640, 360, perSecond(20), 360, []],
  );
  assert.deepEqual([sample.screenShare.send[0]?.frameWidthSent, sample.screenShare.send[0]?.frameWidthInput], [600, 800]);
  const [received] = sample.video.receive;
  assert.deepEqual(
    [received?.streamId, received?.frameWidthReceived, received?.frameRateDecoded, received?.framesDecoded, received?.keyFramesDecoded, received?.longestFreezeDurationInMs],
    ['7', 320, perSecond(20), 140, 1, 0],
  );
  assert.deepEqual(sample.screenShare.receive, []);
  assert.deepEqual(sample.transports, [{ id: 'T01', rttInMs: 0, availableIncomingBitrate: undefined, availableOutgoingBitrate: 5_759_333 }]);
});

test('the first sample has counters and no rates', () => {
  const [, only] = recordedSnapshots();
  const [audio] = mediaStatsSample(undefined, only, () => undefined, new Map()).audio.send;
  assert.deepEqual([audio?.packets, audio?.bitrate, audio?.packetsPerSecond], [350, undefined, undefined]);
});

test('simulcast layers are alternatives of the largest', () => {
  const [before, after] = recordedSnapshots();
  const camera = after.sent.find(({ mid }) => mid === '1');
  assert.ok(camera !== undefined);
  const layered = { ...after, sent: [{ ...camera, id: 'small', frameWidth: 160, frameHeight: 90 }, camera] };
  const [stream, ...others] = mediaStatsSample(before, layered, () => undefined, new Map()).video.send;
  assert.deepEqual([stream?.id, stream?.altLayouts?.map(({ id }) => id), others], [camera.id, ['small'], []]);
});

test('the longest freeze is the longest ever seen', () => {
  const [before, after] = recordedSnapshots();
  const freezes = new Map<string, number>();
  const frozen = (freezeCount: number, totalFreezesMs: number) => {
    const freeze = (stream: ReceivedStream): ReceivedStream => ({ ...stream, freezeCount, totalFreezesMs });
    return { ...after, received: after.received.map(freeze) };
  };
  mediaStatsSample(before, frozen(1, 900), () => undefined, freezes);
  const sample = mediaStatsSample(frozen(1, 900), frozen(3, 1100), () => undefined, freezes);
  assert.deepEqual([sample.video.receive[0]?.longestFreezeDurationInMs, sample.video.receive[0]?.totalFreezeDurationInMs], [900, 1100]);
});
