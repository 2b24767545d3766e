import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import { Listeners } from '../listeners.ts';
import type { MediaStreamType, RemoteVideoStream, RemoteVideoStreamEvents, StreamSize } from '../public/streams.ts';

/** What arrives for a stream now. */
export interface ArrivingVideo {
  readonly mediaStream: MediaStream;
}

/** A participant's camera or screen, driven by the media session that receives it. */
export class RemoteVideoStreamView extends EventEmitter<RemoteVideoStreamEvents> implements RemoteVideoStream {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  isAvailable = false;
  isReceiving = false;
  size: StreamSize = { width: 0, height: 0 };
  /** It goes on, in another MediaStream: its media came over another peer connection. */
  readonly onMoved = new Listeners<[]>();
  private arriving: ArrivingVideo | undefined;

  constructor(id: number, mediaStreamType: MediaStreamType) {
    super();
    this.id = id;
    this.mediaStreamType = mediaStreamType;
  }

  async getMediaStream(): Promise<MediaStream> {
    if (this.arriving === undefined) throw clientError('STREAM_UNAVAILABLE');
    return this.arriving.mediaStream;
  }

  /** The stream began, moved to another track, or (undefined) is no longer sent. */
  setArriving(arriving: ArrivingVideo | undefined): void {
    const hasMoved = arriving !== undefined && this.arriving !== undefined && arriving.mediaStream !== this.arriving.mediaStream;
    this.arriving = arriving;
    if (hasMoved) this.onMoved.call();
    if (arriving === undefined) this.setReceiving(false);
    const isAvailable = arriving !== undefined;
    if (isAvailable === this.isAvailable) return;
    this.isAvailable = isAvailable;
    this.emit('isAvailableChanged');
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
}
