import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { AudioDeviceInfo, VideoDeviceInfo } from './devices.ts';
import type { AudioStreamFeature, AudioStreamFeatureFactory, VideoStreamFeature, VideoStreamFeatureFactory } from './feature-factories.ts';

/** What a video stream shows. */
export type MediaStreamType = 'Video' | 'ScreenSharing' | 'RawMedia' | 'LiveStream' | 'Audio';

/** Pixels; 0 by 0 before the first picture. */
export interface StreamSize {
  readonly width: number;
  readonly height: number;
}

export interface LocalVideoStreamEvents {
  videoSourceChanged: PropertyChangedEvent;
}

export interface LocalVideoStreamOptions {
  /** Release the camera when the last call that uses the stream ends. */
  readonly autoDisposeOnCallEnd?: boolean;
}

/** A camera, a screen or an application's own picture. */
export interface LocalVideoStream extends EventSubscriptions<LocalVideoStreamEvents> {
  readonly source: VideoDeviceInfo;
  readonly mediaStreamType: MediaStreamType;
  /** Opens the source when it is not open yet. The same MediaStream until the source changes. */
  getMediaStream(): Promise<MediaStream>;
  /** Shows this in place of the camera, in running calls as well. */
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  /** Takes another camera, in running calls as well. Rejects with `DEVICE_UNAVAILABLE`. */
  switchSource(source: VideoDeviceInfo): Promise<void>;
  feature<Feature extends VideoStreamFeature>(factory: VideoStreamFeatureFactory<Feature>): Feature;
  dispose(): void;
}

export interface VolumeEvents {
  levelChanged: PropertyChangedEvent;
}

/** Loudness of an audio stream, 0 to 100. */
export interface Volume extends EventSubscriptions<VolumeEvents> {
  readonly level: number;
}

export interface LocalAudioStreamEvents {
  audioSourceChanged: PropertyChangedEvent;
}

/** A microphone or an application's own sound. */
export interface LocalAudioStream extends EventSubscriptions<LocalAudioStreamEvents> {
  readonly source: AudioDeviceInfo;
  readonly mediaStreamType: MediaStreamType;
  /** Opens the source when it is not open yet. The same MediaStream until the source changes. */
  getMediaStream(): Promise<MediaStream>;
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  switchSource(source: AudioDeviceInfo): Promise<void>;
  getVolume(): Promise<Volume>;
  feature<Feature extends AudioStreamFeature>(factory: AudioStreamFeatureFactory<Feature>): Feature;
  dispose(): void;
}

/** All that is heard of a call. */
export interface RemoteAudioStream {
  getMediaStream(): Promise<MediaStream>;
  getVolume(): Promise<Volume>;
}

export interface RemoteVideoStreamEvents {
  isAvailableChanged: PropertyChangedEvent;
  isReceivingChanged: PropertyChangedEvent;
  sizeChanged: PropertyChangedEvent;
}

/** A camera or a screen of somebody else. It exists once per participant and kind; `isAvailable` follows what they send. */
export interface RemoteVideoStream extends EventSubscriptions<RemoteVideoStreamEvents> {
  /** Unique within the call. */
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  /** It is being sent: a renderer can be made. */
  readonly isAvailable: boolean;
  /** Packets of this stream are arriving. */
  readonly isReceiving: boolean;
  /** Of the picture that arrives. */
  readonly size: StreamSize;
  /**
   * Rejects while the stream is not available. The MediaStream stays the same while its picture moves between tracks. Of a composed picture it holds this
   * participant's part, where the host can cut that out (Chromium), else the whole.
   */
  getMediaStream(): Promise<MediaStream>;
}
