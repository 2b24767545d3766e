import type { VideoTile } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import { Listeners } from '../listeners.ts';
import type { Platform } from '../platform.ts';
import type { MediaStreamType, RemoteVideoStream, RemoteVideoStreamEvents, StreamSize } from '../public/streams.ts';
import { cropTrack, type CroppedTrack } from './cropped-track.ts';

/** Part of a composed picture, in fractions of its width and height. */
export type PictureTile = Pick<VideoTile, 'x' | 'y' | 'width' | 'height'>;

/** Where the picture of a stream is now: a track of its own, or a part of one that several share. */
export interface Picture {
  readonly track: MediaStreamTrack;
  readonly tile?: PictureTile;
}

/** Somebody looks at a stream, until `release`. */
export interface PictureWatch {
  /** The size it is shown at, in pixels of the screen. */
  resize(size: StreamSize): void;
  release(): void;
}

export interface RemoteVideoStreamOptions {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  readonly platform: Platform;
  /** {@link RemoteVideoStreamView.demand} is another one. */
  readonly onDemandChanged: () => void;
}

/** A participant's camera or screen. What it shows moves between tracks; who watches it sees no more of that than a new picture. */
export class RemoteVideoStreamView extends EventEmitter<RemoteVideoStreamEvents> implements RemoteVideoStream {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  isAvailable = false;
  isReceiving = false;
  size: StreamSize = { width: 0, height: 0 };
  /** {@link picture} is another one. */
  readonly onPictureChanged = new Listeners<[]>();
  /** Where its picture is; undefined while none arrives. */
  picture: Picture | undefined;
  private readonly platform: Platform;
  private readonly onDemandChanged: () => void;
  private readonly watches = new Set<{ size: StreamSize | undefined }>();
  /** What {@link getMediaStream} gave away: its track is exchanged, the stream stays. */
  private given: MediaStream | undefined;
  private cropped: CroppedTrack | undefined;

  constructor({ id, mediaStreamType, platform, onDemandChanged }: RemoteVideoStreamOptions) {
    super();
    this.id = id;
    this.mediaStreamType = mediaStreamType;
    this.platform = platform;
    this.onDemandChanged = onDemandChanged;
  }

  /** Where the picture is a part of a composed one, and the host cannot cut it out, this is the whole. */
  async getMediaStream(): Promise<MediaStream> {
    if (!this.isAvailable) throw clientError('STREAM_UNAVAILABLE');
    const { MediaStream: Stream } = this.platform;
    if (Stream === undefined) throw clientError('WEBRTC_UNAVAILABLE');
    if (this.given === undefined) {
      this.given = new Stream();
      this.onDemandChanged();
      this.fillGiven();
    }
    await this.untilPicture();
    return this.given;
  }

  /** Whether somebody looks, and at which size at most (undefined: not known); undefined when nobody does. */
  get demand(): { readonly size: StreamSize | undefined } | undefined {
    if (!this.isAvailable || (this.watches.size === 0 && this.given === undefined)) return undefined;
    const sizes = [...this.watches].map(({ size }) => size);
    const isUnknown = this.given !== undefined || sizes.includes(undefined);
    return { size: isUnknown ? undefined : largest(sizes as StreamSize[]) };
  }

  watch(): PictureWatch {
    const watch: { size: StreamSize | undefined } = { size: undefined };
    this.watches.add(watch);
    this.onDemandChanged();
    return {
      resize: (size) => {
        watch.size = size;
        this.onDemandChanged();
      },
      release: () => {
        if (this.watches.delete(watch)) this.onDemandChanged();
      },
    };
  }

  /** It is sent, or (false) no longer. */
  setAvailable(isAvailable: boolean): void {
    if (isAvailable === this.isAvailable) return;
    this.isAvailable = isAvailable;
    if (!isAvailable) this.end();
    this.onDemandChanged();
    this.emit('isAvailableChanged');
  }

  /** Its picture began, moved, or (undefined) is gone for now. */
  setPicture(picture: Picture | undefined): void {
    if (picture?.track === this.picture?.track && isSameTile(picture?.tile, this.picture?.tile)) return;
    this.picture = picture;
    if (picture === undefined) this.setReceiving(false);
    this.fillGiven();
    this.onPictureChanged.call();
  }

  setReceiving(isReceiving: boolean): void {
    if (isReceiving === this.isReceiving) return;
    this.isReceiving = isReceiving;
    this.emit('isReceivingChanged');
  }

  setSize(size: StreamSize): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.size = size;
    this.emit('sizeChanged');
  }

  /** Also who still sees the last of it is told. */
  private end(): void {
    this.picture = undefined;
    this.setReceiving(false);
    this.fillGiven();
    this.given = undefined;
    this.onPictureChanged.call();
  }

  private fillGiven(): void {
    const { given, picture } = this;
    if (given === undefined) return;
    const before = this.cropped;
    this.cropped = picture?.tile === undefined ? undefined : cropTrack(picture.track, picture.tile);
    const track = this.cropped?.track ?? picture?.track;
    for (const old of given.getTracks()) if (old !== track) given.removeTrack(old);
    if (track !== undefined) given.addTrack(track);
    before?.close();
  }

  /** Rejects when the stream ends first. */
  private untilPicture(): Promise<void> {
    return new Promise((resolve, reject) => {
      const isSettled = () => {
        if (this.picture !== undefined) resolve();
        else if (!this.isAvailable) reject(clientError('STREAM_UNAVAILABLE'));
        else return false;
        return true;
      };
      if (isSettled()) return;
      const look = () => {
        if (!isSettled()) return;
        stop();
        this.off('isAvailableChanged', look);
      };
      const stop = this.onPictureChanged.add(look);
      this.on('isAvailableChanged', look);
    });
  }
}

function largest(sizes: readonly StreamSize[]): StreamSize {
  return { width: Math.max(...sizes.map(({ width }) => width)), height: Math.max(...sizes.map(({ height }) => height)) };
}

function isSameTile(one: PictureTile | undefined, other: PictureTile | undefined): boolean {
  return one?.x === other?.x && one?.y === other?.y && one?.width === other?.width && one?.height === other?.height;
}
