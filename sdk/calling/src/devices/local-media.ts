import type { LocalMedia } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import type { Platform } from '../platform.ts';
import type { AudioDeviceInfo } from '../public/devices.ts';
import type { LocalAudioStream, LocalVideoStream } from '../public/streams.ts';
import { LocalAudioStreamImplementation } from '../streams/local-audio-stream.ts';
import { createScreenStream } from '../streams/local-video-stream.ts';
import { browserDeviceId } from './device-constraints.ts';
import { ClientDeviceManager } from './device-manager.ts';

/** Whichever microphone the system prefers: what a call uses while none is known by name. */
const systemMicrophone: AudioDeviceInfo = { name: '', id: 'microphone:default', isSystemDefault: true, deviceType: 'Microphone' };

/** The devices of one CallClient, as its calls use them. Touches no device before it is asked to. */
export function createLocalMedia(platform: Platform): LocalMedia {
  const deviceManager = new ClientDeviceManager(platform);
  const speakerChanged = new Listeners<[]>();
  const microphones = new Set<LocalAudioStreamImplementation>();
  deviceManager.on('selectedSpeakerChanged', () => speakerChanged.call());
  deviceManager.on('selectedMicrophoneChanged', () => {
    for (const stream of microphones) void follow(stream, deviceManager.selectedMicrophone ?? systemMicrophone, platform);
  });
  return {
    deviceManager,
    createMicrophoneStream: (): LocalAudioStream => {
      const stream = new LocalAudioStreamImplementation(deviceManager.selectedMicrophone ?? systemMicrophone, {
        mediaDevices: () => platform.mediaDevices,
        onDisposed: () => microphones.delete(stream),
      });
      microphones.add(stream);
      return stream;
    },
    captureScreen: () => captureScreen(platform),
    speakerSinkId: () => (deviceManager.selectedSpeaker === undefined ? undefined : browserDeviceId(deviceManager.selectedSpeaker.id)),
    onSpeakerChanged: (listener) => speakerChanged.add(listener),
    dispose: () => {
      for (const stream of microphones) stream.dispose();
      deviceManager.dispose();
    },
  };
}

/** A microphone that cannot be opened leaves the call on the one it has; the diagnostics tell. */
async function follow(stream: LocalAudioStreamImplementation, microphone: AudioDeviceInfo, platform: Platform): Promise<void> {
  try {
    await stream.switchSource(microphone);
  } catch (error) {
    platform.logger.warning(`The microphone ${microphone.name} cannot be opened.`, error);
  }
}

async function captureScreen(platform: Platform): Promise<LocalVideoStream> {
  if (platform.mediaDevices?.getDisplayMedia === undefined) throw clientError('SCREEN_SHARING_UNSUPPORTED');
  try {
    return createScreenStream(await platform.mediaDevices.getDisplayMedia({ video: true, audio: false }));
  } catch (error) {
    throw clientError('SCREEN_NOT_CAPTURED', { cause: error });
  }
}
