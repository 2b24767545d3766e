import { clientError } from '../communication-services-error.ts';
import { cameraConstraints, openDevice } from '../devices/device-constraints.ts';
import { trackVideoDevice } from '../devices/device-info.ts';
import { EventEmitter } from '../event-emitter.ts';
import { FeatureSet } from '../feature-registry.ts';
import type { VideoDeviceInfo } from '../public/devices.ts';
import type { VideoStreamFeature, VideoStreamFeatureFactory } from '../public/feature-factories.ts';
import type { LocalVideoStream as LocalVideoStreamShape, LocalVideoStreamEvents, LocalVideoStreamOptions, MediaStreamType } from '../public/streams.ts';
import { LocalTrack, localTrack, type CaptureSource, type TrackHold } from './local-track.ts';

/**
 * Pictures that this client can send or preview: a camera (by `VideoDeviceInfo`), or an application's own MediaStream, which
 * is never stopped. The camera is on while a call sends the stream, a view shows it, or after `getMediaStream()` until
 * `dispose()`; a disposed stream can be used again.
 */
class LocalVideoStreamImplementation extends EventEmitter<LocalVideoStreamEvents> implements LocalVideoStreamShape {
  readonly [localTrack]: LocalTrack<VideoDeviceInfo>;
  readonly autoDisposeOnCallEnd: boolean;
  private applicationHold: TrackHold | undefined;
  private readonly features = new FeatureSet<LocalVideoStreamShape>('localVideoStream', this);

  constructor(source: VideoDeviceInfo | MediaStream, options: LocalVideoStreamOptions = {}, isOwned = false) {
    super();
    this.autoDisposeOnCallEnd = options.autoDisposeOnCallEnd ?? true;
    this[localTrack] = new LocalTrack('video', isMediaStream(source) ? streamCapture(source, isOwned) : cameraCapture(source));
    this[localTrack].onChanged(() => this.emit('videoSourceChanged'));
  }

  get source(): VideoDeviceInfo {
    return this[localTrack].device;
  }

  get mediaStreamType(): MediaStreamType {
    return this.source.deviceType === 'ScreenSharing' ? 'ScreenSharing' : 'Video';
  }

  async getMediaStream(): Promise<MediaStream> {
    const hold = await this[localTrack].acquire();
    this.applicationHold?.release();
    this.applicationHold = hold;
    return hold.mediaStream;
  }

  async setMediaStream(mediaStream: MediaStream): Promise<void> {
    await this[localTrack].replaceSource(streamCapture(mediaStream, false));
  }

  async switchSource(source: VideoDeviceInfo): Promise<void> {
    if (this.source.id !== source.id) await this[localTrack].replaceSource(cameraCapture(source));
  }

  feature<Feature extends VideoStreamFeature>(factory: VideoStreamFeatureFactory<Feature>): Feature {
    return this.features.get(factory);
  }

  dispose(): void {
    this.applicationHold = undefined;
    this[localTrack].close();
  }

}

export type LocalVideoStream = LocalVideoStreamShape;
/** See the interface of the same name. Throws `DEVICE_UNKNOWN` for anything that is neither a camera nor a MediaStream. */
export const LocalVideoStream: new (source: VideoDeviceInfo | MediaStream, options?: LocalVideoStreamOptions) => LocalVideoStreamShape = LocalVideoStreamImplementation;

/** The stream of a screen, window or tab that the user chose: ours to stop, and its sharing ends when the user ends it there. */
export function createScreenStream(mediaStream: MediaStream): LocalVideoStreamShape {
  return new LocalVideoStreamImplementation(mediaStream, {}, true);
}

/** Whether the stream asked to be disposed of with its call. */
export function isDisposedWithCall(stream: LocalVideoStreamShape): boolean {
  return (stream as LocalVideoStreamImplementation).autoDisposeOnCallEnd;
}

/** By shape, because a MediaStream may be another implementation's. */
export function isMediaStream(source: object): source is MediaStream {
  return 'getTracks' in source;
}

function streamCapture(mediaStream: MediaStream, isOwned: boolean): CaptureSource<VideoDeviceInfo> {
  const [track] = mediaStream.getVideoTracks();
  if (track === undefined) throw clientError('TRACK_MISSING', { message: 'The MediaStream has no video track.' });
  return { kind: 'mediaStream', device: trackVideoDevice(track), mediaStream, isOwned };
}

function cameraCapture(camera: VideoDeviceInfo): CaptureSource<VideoDeviceInfo> {
  if (!camera.id.startsWith('camera:')) throw clientError('DEVICE_UNKNOWN', { message: `${camera.id} is not a camera; take one from DeviceManager.getCameras().` });
  return { kind: 'device', device: camera, open: () => openDevice(globalThis.navigator?.mediaDevices, cameraConstraints(camera)) };
}
