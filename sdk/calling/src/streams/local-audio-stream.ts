import { clientError } from '../communication-services-error.ts';
import { microphoneConstraints, openDevice, type MicrophoneProcessing } from '../devices/device-constraints.ts';
import { trackAudioDevice } from '../devices/device-info.ts';
import { EventEmitter } from '../event-emitter.ts';
import { FeatureSet } from '../feature-registry.ts';
import type { AudioDeviceInfo } from '../public/devices.ts';
import type { AudioStreamFeature, AudioStreamFeatureFactory } from '../public/feature-factories.ts';
import type { LocalAudioStream as LocalAudioStreamShape, LocalAudioStreamEvents, MediaStreamType, Volume } from '../public/streams.ts';
import { isMediaStream } from './local-video-stream.ts';
import { LocalTrack, localTrack, type CaptureSource, type TrackHold } from './local-track.ts';
import { StreamVolume } from './stream-volume.ts';

/** Who made a stream: where its devices are, and who wants to know of its end. */
export interface AudioStreamOwner {
  mediaDevices(): MediaDevices | undefined;
  onDisposed(): void;
}

const application: AudioStreamOwner = { mediaDevices: () => globalThis.navigator?.mediaDevices, onDisposed: () => {} };

/**
 * Sound that this client can send: a microphone (by `AudioDeviceInfo`), or an application's own MediaStream, which is never
 * stopped. The microphone is open while a call sends the stream, or after `getMediaStream()` until `dispose()`.
 */
export class LocalAudioStreamImplementation extends EventEmitter<LocalAudioStreamEvents> implements LocalAudioStreamShape {
  readonly [localTrack]: LocalTrack<AudioDeviceInfo>;
  readonly mediaStreamType: MediaStreamType = 'Audio';
  private processing: MicrophoneProcessing = {};
  private applicationHold: TrackHold | undefined;
  private volume: StreamVolume | undefined;
  private readonly owner: AudioStreamOwner;
  private readonly features = new FeatureSet<LocalAudioStreamShape>('localAudioStream', this);

  constructor(source: AudioDeviceInfo | MediaStream, owner: AudioStreamOwner = application) {
    super();
    this.owner = owner;
    this[localTrack] = new LocalTrack('audio', isMediaStream(source) ? streamCapture(source) : this.microphoneCapture(source));
    this[localTrack].onChanged(() => this.emit('audioSourceChanged'));
  }

  get source(): AudioDeviceInfo {
    return this[localTrack].device;
  }

  async getMediaStream(): Promise<MediaStream> {
    const hold = await this[localTrack].acquire();
    this.applicationHold?.release();
    this.applicationHold = hold;
    return hold.mediaStream;
  }

  async setMediaStream(mediaStream: MediaStream): Promise<void> {
    await this[localTrack].replaceSource(streamCapture(mediaStream));
  }

  async switchSource(source: AudioDeviceInfo): Promise<void> {
    if (this.source.id !== source.id) await this[localTrack].replaceSource(this.microphoneCapture(source));
  }

  async getVolume(): Promise<Volume> {
    const track = this[localTrack];
    this.volume ??= new StreamVolume({
      acquire: () => track.acquire(),
      onChanged: (listener) => track.onChanged(listener),
    });
    return this.volume;
  }

  feature<Feature extends AudioStreamFeature>(factory: AudioStreamFeatureFactory<Feature>): Feature {
    return this.features.get(factory);
  }

  /** Sets what the browser does to the sound, now and when the microphone is opened again. Rejects where it cannot. */
  async setProcessing(processing: MicrophoneProcessing): Promise<void> {
    this.processing = processing;
    for (const track of this[localTrack].current()?.getAudioTracks() ?? []) await track.applyConstraints({ ...track.getConstraints(), ...processing });
  }

  dispose(): void {
    this.applicationHold = undefined;
    this.volume?.stop();
    this[localTrack].close();
    this.owner.onDisposed();
  }

  private microphoneCapture(microphone: AudioDeviceInfo): CaptureSource<AudioDeviceInfo> {
    if (!microphone.id.startsWith('microphone:')) {
      throw clientError('DEVICE_UNKNOWN', { message: `${microphone.id} is not a microphone; take one from DeviceManager.getMicrophones().` });
    }
    return { kind: 'device', device: microphone, open: () => openDevice(this.owner.mediaDevices(), microphoneConstraints(microphone, this.processing)) };
  }
}

export type LocalAudioStream = LocalAudioStreamShape;
/** See the interface of the same name. Throws `DEVICE_UNKNOWN` for anything that is neither a microphone nor a MediaStream. */
export const LocalAudioStream: new (source: AudioDeviceInfo | MediaStream) => LocalAudioStreamShape = LocalAudioStreamImplementation;

function streamCapture(mediaStream: MediaStream): CaptureSource<AudioDeviceInfo> {
  const [track] = mediaStream.getAudioTracks();
  if (track === undefined) throw clientError('TRACK_MISSING', { message: 'The MediaStream has no audio track.' });
  return { kind: 'mediaStream', device: trackAudioDevice(track), mediaStream, isOwned: false };
}
