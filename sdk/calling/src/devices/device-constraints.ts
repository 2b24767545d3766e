import { clientError } from '../communication-services-error.ts';
import type { AudioDeviceInfo, VideoDeviceInfo } from '../public/devices.ts';

/** The browser's device id inside a prefixed one (`camera:abc` -> `abc`); empty while permission is not given. */
export function browserDeviceId(prefixedId: string): string {
  return prefixedId.slice(prefixedId.indexOf(':') + 1);
}

/** What is asked of a camera when a call has set no constraints: 720p30 is ACS's best picture on the web. */
export function cameraConstraints(camera: VideoDeviceInfo): MediaStreamConstraints {
  return { video: { ...exactDevice(camera), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } };
}

/** What a call does to the sound of a microphone; each follows the browser's default where it is not set. */
export interface MicrophoneProcessing {
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
}

export function microphoneConstraints(microphone: AudioDeviceInfo, processing: MicrophoneProcessing = {}): MediaStreamConstraints {
  return { audio: { ...exactDevice(microphone), ...processing } };
}

/** `getUserMedia` of this host. Rejects with `DEVICE_UNAVAILABLE` where there is none (Node, or a page that is not secure). */
export async function openDevice(mediaDevices: MediaDevices | undefined, constraints: MediaStreamConstraints): Promise<MediaStream> {
  if (mediaDevices === undefined) {
    throw clientError('DEVICE_UNAVAILABLE', { message: 'There are no devices here; the page must be served over https, and in Node a MediaStream must be given.' });
  }
  return mediaDevices.getUserMedia(constraints);
}

/** The system's default is asked for by naming no device: its id means something in one browser only. */
function exactDevice(device: { readonly id: string }): MediaTrackConstraints {
  const deviceId = browserDeviceId(device.id);
  return deviceId === '' || deviceId === 'default' ? {} : { deviceId: { exact: deviceId } };
}
