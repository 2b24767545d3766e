import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalVideoStream } from '../../streams/local-video-stream.ts';
import { reaches, until } from '../../test-caller.ts';
import { ScriptedServer } from '../../test-scripted-server.ts';
import { Features } from '../features.ts';

/** A host whose cameras cannot be opened, and which lists its devices as it likes. */
const host = (enumerateDevices: () => Promise<MediaDeviceInfo[]>): MediaDevices =>
  ({ enumerateDevices, getUserMedia: () => Promise.reject(new DOMException('none', 'NotFoundError')), addEventListener: () => {}, removeEventListener: () => {} }) as unknown as MediaDevices;

test('a host that cannot list its devices, or open one, has diagnostics all the same', async () => {
  const refusals = [() => Promise.reject(new Error('not allowed')), () => {
    throw new Error('not implemented');
  }];
  for (const enumerateDevices of refusals) {
    await using server = new ScriptedServer();
    const { agent } = await server.open(server.platform(undefined, { mediaDevices: host(enumerateDevices) }));
    const call = agent.join({ groupId: '00000000-0000-4000-8000-000000000000' });
    (await server.next('joinCall')).answer(200, server.view());
    await reaches(call, 'Connected');
    const { media } = call.feature(Features.UserFacingDiagnostics);
    const failed = until(media, 'diagnosticChanged', () => media.getLatest().cameraStartFailed !== undefined || media.getLatest().cameraPermissionDenied !== undefined, 'a failed camera');
    await assert.rejects(call.startVideo(new LocalVideoStream({ name: 'Camera', id: 'camera:1', deviceType: 'UsbCamera' })), { errorCode: 'DEVICE_UNAVAILABLE' });
    await failed;
    assert.equal(media.getLatest().noMicrophoneDevicesEnumerated, undefined);
  }
});
