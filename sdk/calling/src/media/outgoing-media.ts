import type { MediaStreamType } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import type { LocalAudioStream, LocalVideoStream } from '../public/streams.ts';
import { localTrackOf, type TrackHold } from '../streams/local-track.ts';
import { isDisposedWithCall } from '../streams/local-video-stream.ts';
import type { SlotTracks } from './sections/media-sections.ts';

/** A local stream that a call sends. */
interface Outgoing {
  readonly stream: LocalAudioStream | LocalVideoStream;
  readonly hold: TrackHold;
  /** What goes into the peer connections: for audio a clone, which can be silenced without silencing the application's own use. */
  track: MediaStreamTrack;
  readonly unsubscribe: () => void;
}

export interface OutgoingMediaOptions {
  /** The tracks are other ones now; resolves when they are in place. */
  readonly onTracksChanged: () => Promise<void>;
  /** The source ended by itself: the user stopped sharing in the browser's own bar, or a device was unplugged. */
  readonly onEnded: (type: MediaStreamType) => void;
}

/**
 * What this client sends in a call, independent of peer connections: at most one stream of each type, opened when it starts,
 * followed when its source is switched, and released when it stops.
 */
export class OutgoingMedia {
  /** A source is being opened; the promise settles with the outcome. */
  readonly onAttempt = new Listeners<[MediaStreamType, Promise<unknown>]>();
  private readonly options: OutgoingMediaOptions;
  private readonly streams = new Map<MediaStreamType, Outgoing>();
  private isMuted = false;
  private isReleased = false;

  constructor(options: OutgoingMediaOptions) {
    this.options = options;
  }

  get tracks(): SlotTracks {
    const trackOf = (type: MediaStreamType) => this.streams.get(type)?.track;
    return { Audio: trackOf('Audio'), Video: trackOf('Video'), ScreenSharing: trackOf('ScreenSharing') };
  }

  stream(type: MediaStreamType): LocalAudioStream | LocalVideoStream | undefined {
    return this.streams.get(type)?.stream;
  }

  /** Opens the stream and sends it in place of the one of the same type. Rejects with `DEVICE_UNAVAILABLE`. */
  async start(type: MediaStreamType, stream: LocalAudioStream | LocalVideoStream): Promise<void> {
    const source = localTrackOf(stream);
    const attempt = source.acquire();
    this.onAttempt.call(type, attempt);
    const hold = await attempt;
    if (this.isReleased) {
      hold.release();
      throw clientError('CALL_ENDED');
    }
    this.remove(type);
    const outgoing: Outgoing = {
      stream,
      hold,
      track: this.adopt(type, hold.mediaStream),
      unsubscribe: source.onChanged((mediaStream) => {
        if (mediaStream === undefined) return;
        stopClone(type, outgoing.track);
        outgoing.track = this.adopt(type, mediaStream);
        void this.options.onTracksChanged();
      }),
    };
    this.streams.set(type, outgoing);
    await this.options.onTracksChanged();
  }

  async stop(type: MediaStreamType): Promise<void> {
    if (this.remove(type)) await this.options.onTracksChanged();
  }

  /** Silence, at once, whatever the peer connections are doing. */
  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    const track = this.streams.get('Audio')?.track;
    if (track !== undefined) track.enabled = !isMuted;
  }

  /** The call is over: lets go of every device, and disposes of the streams that ask for it. */
  release(): void {
    this.isReleased = true;
    for (const [type, { stream }] of this.streams) {
      this.remove(type);
      if (type !== 'Audio' && isDisposedWithCall(stream as LocalVideoStream)) stream.dispose();
    }
  }

  private remove(type: MediaStreamType): boolean {
    const outgoing = this.streams.get(type);
    if (outgoing === undefined) return false;
    this.streams.delete(type);
    outgoing.unsubscribe();
    stopClone(type, outgoing.track);
    outgoing.hold.release();
    return true;
  }

  private adopt(type: MediaStreamType, mediaStream: MediaStream): MediaStreamTrack {
    const [source] = type === 'Audio' ? mediaStream.getAudioTracks() : mediaStream.getVideoTracks();
    if (source === undefined) throw clientError('DEVICE_UNAVAILABLE', { message: `The stream has no ${type === 'Audio' ? 'audio' : 'video'} track.` });
    source.addEventListener('ended', () => {
      if (this.streams.get(type)?.hold.mediaStream.getTracks().includes(source) === true) this.options.onEnded(type);
    });
    if (type !== 'Audio') return source;
    const track = source.clone();
    track.enabled = !this.isMuted;
    return track;
  }
}

function stopClone(type: MediaStreamType, track: MediaStreamTrack): void {
  if (type === 'Audio') track.stop();
}
