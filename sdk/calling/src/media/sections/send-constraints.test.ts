import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitSender } from './send-constraints.ts';
import { cameraLayers } from './simulcast.ts';

/** What `limitSender` uses of an `RTCRtpSender` that sends a picture of 720 lines. */
function sender(setParameters: (parameters: RTCRtpSendParameters) => Promise<void>): RTCRtpSender {
  const parameters = { encodings: [{ active: true, maxBitrate: 1 }] } as unknown as RTCRtpSendParameters;
  return { track: { getSettings: () => ({ height: 720 }) }, getParameters: () => parameters, setParameters } as unknown as RTCRtpSender;
}

test('limits become encoding parameters, and an absent limit lifts the one before', async () => {
  let set: RTCRtpEncodingParameters | undefined;
  const keep = async ({ encodings }: RTCRtpSendParameters) => {
    set = encodings[0];
  };
  await limitSender(sender(keep), { frameHeight: { max: 360 }, frameRate: { max: 15 }, bitrate: { max: 250_000 } });
  assert.deepEqual(set, { active: true, scaleResolutionDownBy: 2, maxFramerate: 15, maxBitrate: 250_000 });
  await limitSender(sender(keep), { frameHeight: { max: 0 } });
  assert.deepEqual(set, { active: true });
});

test('layers keep their proportions and share the bit rate, the smallest first', async () => {
  const encodings: RTCRtpEncodingParameters[] = structuredClone([...cameraLayers()]);
  const layered = { ...sender(async () => {}), getParameters: () => ({ encodings }) } as unknown as RTCRtpSender;
  for (const encoding of encodings) encoding.active = true;
  const outline = () => encodings.map(({ active, scaleResolutionDownBy, maxBitrate }) => [active, scaleResolutionDownBy, maxBitrate]);
  await limitSender(layered, { frameHeight: { max: 360 }, bitrate: { max: 400_000 } });
  assert.deepEqual(outline(), [[true, 8, 150_000], [true, 4, 250_000], [false, 2, 1_500_000]]);
  await limitSender(layered, {});
  assert.deepEqual(outline(), [[true, 4, 150_000], [true, 2, 500_000], [true, 1, 1_500_000]]);
});

test('small pictures have fewer layers, and the last of them is whole', async () => {
  const encodings: RTCRtpEncodingParameters[] = structuredClone([...cameraLayers()]);
  const sent = async (width: number, height: number) => {
    await limitSender({ track: { getSettings: () => ({ width, height }) }, getParameters: () => ({ encodings }), setParameters: async () => {} } as unknown as RTCRtpSender, {});
    return encodings.filter(({ active }) => active).map(({ scaleResolutionDownBy = 1 }) => [width / scaleResolutionDownBy, height / scaleResolutionDownBy]);
  };
  assert.deepEqual(await sent(1280, 720), [[320, 180], [640, 360], [1280, 720]]);
  assert.deepEqual(await sent(640, 480), [[320, 240], [640, 480]]);
  assert.deepEqual(await sent(320, 240), [[320, 240]]);
  assert.deepEqual(await sent(1280, 720), [[320, 180], [640, 360], [1280, 720]]);
});

test('layers that nobody watches are not sent, and come back with the limits they had', async () => {
  const layered = { encodings: structuredClone([...cameraLayers()]) };
  const active = async (of: RTCRtpSendParameters, size: MediaTrackSettings, watchedLayers?: number) => {
    await limitSender({ track: { getSettings: () => size }, getParameters: () => of, setParameters: async () => {} } as unknown as RTCRtpSender, {}, watchedLayers);
    return of.encodings.map((encoding) => encoding.active);
  };
  const large = { width: 1280, height: 720 };
  assert.deepEqual(await active(layered as RTCRtpSendParameters, large, 0), [false, false, false]);
  assert.deepEqual(await active(layered as RTCRtpSendParameters, large, 2), [true, true, false]);
  assert.deepEqual(await active(layered as RTCRtpSendParameters, { width: 320, height: 180 }, 2), [true, false, false]);
  assert.deepEqual(await active(layered as RTCRtpSendParameters, large), [true, true, true]);
  const single = { encodings: [{ active: true }] } as RTCRtpSendParameters;
  assert.deepEqual([await active(single, large, 0), await active(single, large, 1)], [[false], [true]]);
});

test('a host that refuses is a clear error', async () => {
  await assert.rejects(limitSender(sender(() => Promise.reject(new Error('no'))), { bitrate: { max: 2 } }), { errorCode: 'CONSTRAINTS_REFUSED' });
});
