import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceLists, listChanges, type BrowserDevice } from './device-info.ts';

const device = (kind: MediaDeviceKind, deviceId: string, label: string): BrowserDevice => ({ kind, deviceId, label });

test('device ids carry the prefix of their kind', () => {
  const lists = deviceLists([device('videoinput', 'a', 'Front'), device('audioinput', 'b', 'Mic'), device('audiooutput', 'c', 'Out')]);
  assert.deepEqual(lists, {
    cameras: [{ name: 'Front', id: 'camera:a', deviceType: 'UsbCamera' }],
    microphones: [{ name: 'Mic', id: 'microphone:b', isSystemDefault: true, deviceType: 'Microphone' }],
    speakers: [{ name: 'Out', id: 'speaker:c', isSystemDefault: true, deviceType: 'Speaker' }],
  });
});

test('before permission a camera has neither name nor type', () => {
  assert.deepEqual(deviceLists([device('videoinput', '', '')]).cameras, [{ name: '', id: 'camera:', deviceType: 'Unknown' }]);
});

test("the browser's default entry is the system default, its communications entry is left out", () => {
  const { microphones } = deviceLists([
    device('audioinput', 'communications', 'Communications - Mic'),
    device('audioinput', 'x', 'Mic'),
    device('audioinput', 'default', 'Default - Mic'),
  ]);
  assert.deepEqual(microphones.map(({ id, isSystemDefault }) => [id, isSystemDefault]), [['microphone:x', false], ['microphone:default', true]]);
});

test('kinds are told from what makers write into names', () => {
  const types = ['OBS Virtual Camera', 'USB Video Capture', 'Cam Link 4K', 'Integrated Webcam'].map(
    (label) => deviceLists([device('videoinput', 'x', label)]).cameras[0]?.deviceType,
  );
  assert.deepEqual(types, ['Virtual', 'CaptureAdapter', 'CaptureAdapter', 'UsbCamera']);
});

test('a device whose name became known is removed and added', () => {
  const before = [{ id: 'camera:', name: '' }, { id: 'camera:b', name: 'B' }];
  const after = [{ id: 'camera:a', name: 'A' }, { id: 'camera:b', name: 'B' }];
  assert.deepEqual(listChanges(before, after), { added: [after[0]], removed: [before[0]] });
  assert.deepEqual(listChanges(after, after), { added: [], removed: [] });
});
