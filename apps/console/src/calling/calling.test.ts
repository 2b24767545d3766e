import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callStatus, isBeforeAnswer } from './call-status.ts';
import { accessProblem, accessSentences, type AccessAnswer } from './device-access.ts';
import { pictureText, qualityLevel, qualityPoint } from './media-quality.ts';
import { QualityHistory } from './quality-history.ts';

const allowed: AccessAnswer = { isSecureContext: true, wantsVideo: true, audio: true, video: true, microphones: 1, cameras: 1 };

test('the first thing to mend is named', () => {
  assert.equal(accessProblem(allowed), undefined);
  assert.equal(accessProblem({ ...allowed, isSecureContext: false, audio: false }), 'insecureContext');
  assert.equal(accessProblem({ ...allowed, audio: false, video: false }), 'microphoneDenied');
  assert.equal(accessProblem({ ...allowed, audio: false, microphones: 0 }), 'noMicrophone');
  assert.equal(accessProblem({ ...allowed, video: false }), 'cameraDenied');
  assert.equal(accessProblem({ ...allowed, video: false, cameras: 0 }), 'noCamera');
  assert.equal(accessProblem({ ...allowed, video: false, wantsVideo: false }), undefined);
  for (const sentence of Object.values(accessSentences)) assert.match(sentence, /\.$/);
});

test('a status for every state, and reconnecting only while connected', () => {
  assert.equal(callStatus('Connecting', 'Outgoing', false), 'Calling…');
  assert.equal(callStatus('Connecting', 'Incoming', false), 'Connecting…');
  assert.equal(callStatus('Connected', 'Incoming', true), 'Connection lost, reconnecting…');
  assert.equal(callStatus('Disconnected', 'Incoming', true), 'Ended');
  assert.deepEqual((['Ringing', 'Connected', 'LocalHold'] as const).map(isBeforeAnswer), [true, false, false]);
});

test('a sample becomes the figures of its second', () => {
  const point = qualityPoint({
    audio: {
      send: [{ id: 'a', bitrate: 32_000, codecName: 'OPUS' }],
      receive: [{ id: 'b', bitrate: 30_000, jitterInMs: 4, packetsPerSecond: 49, packetsLostPerSecond: 1, codecName: 'OPUS' }],
    },
    video: {
      send: [{ id: 'c', bitrate: 900_000, frameWidthSent: 1280, frameHeightSent: 720, frameRateSent: 29.7 }],
      receive: [{ id: 'd', bitrate: 800_000, jitterInMs: 9, packetsPerSecond: 50, codecName: 'VP8', frameWidthReceived: 0, frameHeightReceived: 0 }],
    },
    screenShare: { send: [], receive: [] },
    transports: [{ id: 't', rttInMs: 12 }],
  }, 1000);
  assert.deepEqual(point, {
    atMs: 1000, rttMs: 12, jitterMs: 9, loss: 0.01, sentBps: 932_000, receivedBps: 830_000,
    sentVideo: { width: 1280, height: 720, framesPerSecond: 29.7 }, audioCodec: 'OPUS', videoCodec: 'VP8',
  });
  assert.equal(pictureText({ width: 1280, height: 720, framesPerSecond: 29.7 }), '1280 × 720, 30 fps');
});

test('silence is no loss', () => {
  const nothing = { send: [], receive: [] };
  assert.deepEqual(qualityPoint({ audio: nothing, video: nothing, screenShare: nothing, transports: [] }, 5), { atMs: 5, sentBps: 0, receivedBps: 0 });
});

test('the worst figure decides the level', () => {
  assert.equal(qualityLevel({ rttMs: 40, jitterMs: 5, loss: 0 }), 'good');
  assert.equal(qualityLevel({ rttMs: 40, loss: 0.03 }), 'fair');
  assert.equal(qualityLevel({ rttMs: 700 }), 'poor');
  assert.equal(qualityLevel({}), 'good');
});

test('the history is bounded in points and in calls', () => {
  const history = new QualityHistory();
  for (let second = 0; second < 3700; second += 1) history.add('long', { atMs: second, sentBps: 0, receivedBps: 0 });
  assert.equal(history.of('long').length, 3600);
  assert.equal(history.of('long')[0]?.atMs, 100);
  for (let call = 0; call < 8; call += 1) history.add(`call ${call}`, { atMs: 0, sentBps: 0, receivedBps: 0 });
  assert.deepEqual(history.of('long'), []);
  assert.equal(history.of('call 0').length, 1);
});
