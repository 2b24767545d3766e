import type { AudioDeviceInfo, AudioDeviceType, VideoDeviceInfo, VideoDeviceType } from '../public/devices.ts';

/** What `enumerateDevices` says of a device, as much of it as is used. */
export type BrowserDevice = Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>;

/** The devices of this computer by kind. */
export interface DeviceLists {
  readonly cameras: readonly VideoDeviceInfo[];
  readonly microphones: readonly AudioDeviceInfo[];
  readonly speakers: readonly AudioDeviceInfo[];
}

/**
 * Sorts the browser's devices into lists. Chromium's second entry for the device that Windows prefers for communications is
 * left out; its `default` entry stays, since it follows the system's choice. Without such an entry the first is the default.
 */
export function deviceLists(devices: readonly BrowserDevice[]): DeviceLists {
  const real = devices.filter((device) => device.deviceId !== 'communications');
  const ofKind = (kind: MediaDeviceKind) => real.filter((device) => device.kind === kind);
  return {
    cameras: ofKind('videoinput').map((device) => videoDeviceInfo(device)),
    microphones: ofKind('audioinput').map((device, index, all) => audioDeviceInfo('microphone', device, isDefault(device, index, all))),
    speakers: ofKind('audiooutput').map((device, index, all) => audioDeviceInfo('speaker', device, isDefault(device, index, all))),
  };
}

/** What came and went between two lists; a device whose name became known counts as both. */
export function listChanges<Device extends { readonly id: string; readonly name: string }>(
  before: readonly Device[],
  after: readonly Device[],
): { added: Device[]; removed: Device[] } {
  const missingIn = (list: readonly Device[]) => (device: Device) => !list.some((other) => other.id === device.id && other.name === device.name);
  return { added: after.filter(missingIn(before)), removed: before.filter(missingIn(after)) };
}

/** A camera as a MediaStream's track tells of it, for streams that an application made itself. */
export function trackVideoDevice(track: MediaStreamTrack | undefined): VideoDeviceInfo {
  const settings = track?.getSettings() ?? {};
  const isScreen = 'displaySurface' in settings;
  const name = track?.label ?? '';
  return { name, id: `camera:${settings.deviceId ?? track?.id ?? ''}`, deviceType: isScreen ? 'ScreenSharing' : videoDeviceType(name) };
}

/** A microphone as a MediaStream's track tells of it. */
export function trackAudioDevice(track: MediaStreamTrack | undefined): AudioDeviceInfo {
  const name = track?.label ?? '';
  return { name, id: `microphone:${track?.getSettings().deviceId ?? track?.id ?? ''}`, isSystemDefault: false, deviceType: audioDeviceType('microphone', name) };
}

function videoDeviceInfo({ deviceId, label }: BrowserDevice): VideoDeviceInfo {
  return { name: label, id: `camera:${deviceId}`, deviceType: videoDeviceType(label) };
}

function audioDeviceInfo(prefix: 'microphone' | 'speaker', { deviceId, label }: BrowserDevice, isSystemDefault: boolean): AudioDeviceInfo {
  return { name: label, id: `${prefix}:${deviceId}`, isSystemDefault, deviceType: audioDeviceType(prefix, label) };
}

function isDefault(device: BrowserDevice, index: number, all: readonly BrowserDevice[]): boolean {
  return all.some((other) => other.deviceId === 'default') ? device.deviceId === 'default' : index === 0;
}

/** Browsers tell a name and nothing else; these words are what makers and drivers put into it. */
function videoDeviceType(label: string): VideoDeviceType {
  if (label === '') return 'Unknown';
  if (/\b(?:virtual|obs|manycam|snap|xsplit)\b/i.test(label)) return 'Virtual';
  if (/\b(?:capture|hdmi|cam ?link)\b/i.test(label)) return 'CaptureAdapter';
  return 'UsbCamera';
}

function audioDeviceType(prefix: 'microphone' | 'speaker', label: string): AudioDeviceType {
  if (/\b(?:virtual|blackhole|vb-audio|loopback)\b/i.test(label)) return 'Virtual';
  return prefix === 'microphone' ? 'Microphone' : 'Speaker';
}
