import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser, withoutBrowser } from '../test-browser.ts';
import type { DevicesPage } from '../test-devices-page.ts';

declare const sdk: DevicesPage;

let browser: TestBrowser;

describe('devices in a browser', { skip: withoutBrowser }, () => {
  before(async () => {
    browser = await TestBrowser.launch();
  });
  after(() => browser[Symbol.asyncDispose]());

  test('permission brings names, a default selection and the events of both', async () => {
    const result = await inPage(async () => {
      const { deviceManager } = sdk.createLocalMedia(sdk.hostPlatform());
      const events: string[] = [];
      for (const event of ['videoDevicesUpdated', 'audioDevicesUpdated', 'selectedMicrophoneChanged', 'selectedSpeakerChanged'] as const) {
        deviceManager.on(event, () => events.push(event));
      }
      const access = await deviceManager.askDevicePermission({ audio: true, video: true });
      return {
        access,
        events: events.toSorted(),
        cameras: await deviceManager.getCameras(),
        microphones: await deviceManager.getMicrophones(),
        speakers: await deviceManager.getSpeakers(),
        isSpeakerSelectionAvailable: deviceManager.isSpeakerSelectionAvailable,
        selected: [deviceManager.selectedMicrophone?.id, deviceManager.selectedSpeaker?.id],
      };
    });
    assert.deepEqual(result.access, { audio: true, video: true });
    assert.deepEqual(result.events, ['audioDevicesUpdated', 'selectedMicrophoneChanged', 'selectedSpeakerChanged', 'videoDevicesUpdated']);
    assert.equal(result.isSpeakerSelectionAvailable, true);
    assert.equal(result.cameras.length, 2);
    for (const camera of result.cameras) assert.match(camera.id, /^camera:.{8,}/);
    assert.ok(result.cameras.every(({ name }) => name !== ''));
    assert.ok(result.microphones.every(({ id, deviceType }) => id.startsWith('microphone:') && deviceType === 'Microphone'));
    assert.equal(result.microphones.filter(({ isSystemDefault }) => isSystemDefault).length, 1);
    assert.ok(result.speakers.every(({ id }) => id.startsWith('speaker:')));
    assert.deepEqual(result.selected, ['microphone:default', 'speaker:default']);
  });

  test('a selected microphone is followed by the stream of a running call', async () => {
    const result = await inPage(async () => {
      const localMedia = sdk.createLocalMedia(sdk.hostPlatform());
      const { deviceManager } = localMedia;
      const stream = localMedia.createMicrophoneStream();
      const hold = await sdk.localTrackOf(stream).acquire();
      const [before] = hold.mediaStream.getAudioTracks();
      const other = (await deviceManager.getMicrophones()).find(({ isSystemDefault }) => !isSystemDefault);
      if (other === undefined) throw new Error('one microphone only');
      const switched = new Promise<void>((resolve) => stream.on('audioSourceChanged', resolve));
      await deviceManager.selectMicrophone(other);
      await switched;
      const [after] = sdk.localTrackOf(stream).current()?.getAudioTracks() ?? [];
      hold.release();
      const unknown: unknown = await deviceManager.selectMicrophone({ ...other, id: 'microphone:nowhere' }).catch((error: unknown) => error);
      return { before: before?.readyState, after: after?.getSettings().deviceId, expected: other.id, source: stream.source.id, unknown: (unknown as { errorCode: string }).errorCode };
    });
    assert.equal(result.before, 'ended');
    assert.equal(`microphone:${result.after}`, result.expected);
    assert.equal(result.source, result.expected);
    assert.equal(result.unknown, 'DEVICE_UNKNOWN');
  });

  test('the camera is on while somebody uses it, and switching moves everybody', async () => {
    const result = await inPage(async () => {
      const { deviceManager } = sdk.createLocalMedia(sdk.hostPlatform());
      await deviceManager.askDevicePermission({ audio: false, video: true });
      const [first, second] = await deviceManager.getCameras();
      if (first === undefined || second === undefined) throw new Error('fewer than two cameras');
      const stream = new sdk.LocalVideoStream(first);
      const track = sdk.localTrackOf(stream);
      const closedAtFirst = track.current() === undefined;
      const call = await track.acquire();
      const renderer = new sdk.VideoStreamRenderer(stream);
      const view = await renderer.createView();
      const [firstTrack] = call.mediaStream.getVideoTracks();
      await stream.switchSource(second);
      const [secondTrack] = track.current()?.getVideoTracks() ?? [];
      call.release();
      await stream.switchSource(second);
      const stillOn = secondTrack?.readyState;
      view.dispose();
      const released = new Promise<string | undefined>((resolve) => {
        const look = () => (secondTrack?.readyState === 'ended' ? resolve(secondTrack.readyState) : requestAnimationFrame(look));
        look();
      });
      return { closedAtFirst, firstTrack: firstTrack?.readyState, stillOn, off: await released, source: stream.source.id === second.id, type: stream.mediaStreamType };
    });
    assert.deepEqual(result, { closedAtFirst: true, firstTrack: 'ended', stillOn: 'live', off: 'ended', source: true, type: 'Video' });
  });

  test('views scale, mirror, play silently and live independently', async () => {
    const result = await inPage(async () => {
      const { deviceManager } = sdk.createLocalMedia(sdk.hostPlatform());
      await deviceManager.askDevicePermission({ audio: false, video: true });
      const [camera] = await deviceManager.getCameras();
      if (camera === undefined) throw new Error('no camera');
      const renderer = new sdk.VideoStreamRenderer(new sdk.LocalVideoStream(camera));
      const one = await renderer.createView({ scalingMode: 'Fit', isMirrored: true });
      const other = await renderer.createView();
      document.querySelector('#root')?.append(one.target, other.target);
      const video = one.target.querySelector('video');
      if (video === null) throw new Error('no video element');
      await new Promise<void>((resolve) => video.requestVideoFrameCallback(() => resolve()));
      const styles = [video.style.objectFit, video.style.transform];
      await one.updateScalingMode('Stretch');
      const refused: unknown = await one.updateScalingMode('Zoom' as 'Fit').catch((error: unknown) => error);
      const shown = { scalingMode: one.scalingMode, objectFit: video.style.objectFit, muted: video.muted, playsInline: video.playsInline, width: video.videoWidth };
      one.dispose();
      const left = { targets: document.querySelectorAll('#root > div').length, otherPlays: other.target.querySelector('video')?.srcObject !== null, defaultMode: other.scalingMode };
      renderer.dispose();
      const again: unknown = await renderer.createView().catch((error: unknown) => error);
      return { styles, shown, refused: (refused as { errorCode: string }).errorCode, left, after: document.querySelectorAll('#root > div').length, again: (again as { errorCode: string }).errorCode };
    });
    assert.deepEqual(result, {
      styles: ['contain', 'scaleX(-1)'],
      shown: { scalingMode: 'Stretch', objectFit: 'fill', muted: true, playsInline: true, width: 1280 },
      refused: 'SCALING_MODE_UNKNOWN',
      left: { targets: 1, otherPlays: true, defaultMode: 'Crop' },
      after: 0,
      again: 'RENDERER_DISPOSED',
    });
  });

  test("an application's own MediaStream is sent and never stopped", async () => {
    const result = await inPage(async () => {
      const mine = await navigator.mediaDevices.getUserMedia({ video: true });
      const stream = new sdk.LocalVideoStream(mine);
      const same = (await stream.getMediaStream()) === mine;
      const canvas = document.createElement('canvas').captureStream();
      let changes = 0;
      stream.on('videoSourceChanged', () => (changes += 1));
      await stream.setMediaStream(canvas);
      const moved = (await stream.getMediaStream()) === canvas;
      stream.dispose();
      const effects = stream.feature(sdk.Features.VideoEffects);
      return { same, moved, changes, alive: mine.getVideoTracks()[0]?.readyState, effects: effects.activeEffects, sameFeature: effects === stream.feature(sdk.Features.VideoEffects) };
    });
    assert.deepEqual(result, { same: true, moved: true, changes: 1, alive: 'live', effects: [], sameFeature: true });
  });

  test('a device that is not there is refused with its cause', async () => {
    const result = await inPage(async () => {
      const stream = new sdk.LocalVideoStream({ name: 'gone', id: 'camera:gone', deviceType: 'UsbCamera' });
      const error = (await stream.getMediaStream().catch((failure: unknown) => failure)) as { errorCode: string; name: string; cause: { name: string } };
      let construction = '';
      try {
        const refused = new sdk.LocalVideoStream({ name: '', id: 'microphone:x', deviceType: 'UsbCamera' });
        refused.dispose();
      } catch (failure) {
        construction = (failure as { errorCode: string }).errorCode;
      }
      return { code: error.errorCode, name: error.name, cause: error.cause.name, construction };
    });
    assert.deepEqual(result, { code: 'DEVICE_UNAVAILABLE', name: 'CommunicationServicesError', cause: 'OverconstrainedError', construction: 'DEVICE_UNKNOWN' });
  });

  test('volume is measured only while somebody listens', async () => {
    const result = await inPage(async () => {
      const localMedia = sdk.createLocalMedia(sdk.hostPlatform());
      const stream = localMedia.createMicrophoneStream();
      const volume = await stream.getVolume();
      const closedBefore = sdk.localTrackOf(stream).current() === undefined;
      const level = await new Promise<number>((resolve) => {
        const listener = () => {
          if (volume.level === 0) return;
          volume.off('levelChanged', listener);
          resolve(volume.level);
        };
        volume.on('levelChanged', listener);
      });
      await sdk.localTrackOf(stream).acquire().then((hold) => hold.release());
      await sdk.localTrackOf(stream).replaceSource({ kind: 'mediaStream', device: stream.source, mediaStream: new MediaStream(), isOwned: false });
      return { closedBefore, level, closedAfter: sdk.localTrackOf(stream).current() === undefined, same: volume === (await stream.getVolume()) };
    });
    assert.equal(result.closedBefore, true);
    assert.ok(result.level > 0 && result.level <= 100, `level ${result.level}`);
    assert.equal(result.closedAfter, true);
    assert.equal(result.same, true);
  });
});

async function inPage<Result>(script: () => Promise<Result>): Promise<Result> {
  const { page, errors } = await browser.open({ entry: join(import.meta.dirname, '../test-devices-page.ts') });
  await waitForScript(page);
  const result = await page.evaluate(script);
  assert.deepEqual(errors, []);
  await page.context().close();
  return result;
}

async function waitForScript(page: Page): Promise<void> {
  await page.waitForFunction(() => 'sdk' in globalThis);
}
