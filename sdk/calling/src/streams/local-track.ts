import { clientError } from '../communication-services-error.ts';
import { Listeners } from '../listeners.ts';
import { Turns } from '../turns.ts';

/** What happened to a capture that nobody asked for; diagnostics are made of these. */
export type CaptureProblem = 'stoppedUnexpectedly' | 'muted' | 'unmuted';

/** Where a local track comes from: a device that is opened when needed, or a MediaStream that exists already. */
export type CaptureSource<Device> =
  | { readonly kind: 'device'; readonly device: Device; readonly open: () => Promise<MediaStream> }
  /** `isOwned`: its tracks are ours to stop (a screen we asked for); an application's own stream is never stopped. */
  | { readonly kind: 'mediaStream'; readonly device: Device; readonly mediaStream: MediaStream; readonly isOwned: boolean };

/** One user of a track. The device stays open until every hold is released; releasing twice is harmless. */
export interface TrackHold {
  readonly mediaStream: MediaStream;
  release(): void;
}

/**
 * closed ──acquire──▶ open ──last release, ended──▶ closed. While open, `replaceSource` exchanges the MediaStream.
 */
type CaptureState = { readonly phase: 'closed' } | OpenCapture;

interface OpenCapture {
  readonly phase: 'open';
  readonly mediaStream: MediaStream;
  readonly isOwned: boolean;
}

/**
 * The capture behind a local stream: opened for its first user (a call, a preview, the application), closed after the last.
 * Opening, closing and switching happen strictly one after the other.
 */
export class LocalTrack<Device = unknown> {
  readonly mediaKind: 'audio' | 'video';
  private source: CaptureSource<Device>;
  private state: CaptureState = { phase: 'closed' };
  private readonly holds = new Set<object>();
  private readonly turns = new Turns();
  private readonly changed = new Listeners<[MediaStream | undefined]>();
  private readonly problems = new Listeners<[CaptureProblem]>();

  constructor(mediaKind: 'audio' | 'video', source: CaptureSource<Device>) {
    this.mediaKind = mediaKind;
    this.source = source;
  }

  /** The device in use, or the one that would be. */
  get device(): Device {
    return this.source.device;
  }

  /** The MediaStream that is open now. */
  current(): MediaStream | undefined {
    return this.state.phase === 'open' ? this.state.mediaStream : undefined;
  }

  /** Opens the source if it is closed. Rejects with `DEVICE_UNAVAILABLE`. */
  async acquire(): Promise<TrackHold> {
    const key = {};
    this.holds.add(key);
    const release = () => {
      this.holds.delete(key);
      void this.turns.take(async () => this.closeIfUnused());
    };
    try {
      return await this.turns.take(async () => {
        const open = this.state.phase === 'open' ? this.state : this.become(await this.openSource(this.source));
        return { mediaStream: open.mediaStream, release };
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Takes another source. A track in use moves to it before this resolves (also one whose device was unplugged); when the new
   * source cannot be opened this rejects with `DEVICE_UNAVAILABLE` and the old one stays.
   */
  replaceSource(source: CaptureSource<Device>): Promise<void> {
    return this.turns.take(async () => {
      const before = this.state;
      if (before.phase === 'closed' && this.holds.size === 0) {
        this.source = source;
        this.changed.call(undefined);
        return;
      }
      const after = before.phase === 'closed' ? await this.openSource(source) : await this.openInPlaceOf(before, source);
      this.source = source;
      this.become(after);
      if (before.phase === 'open' && before.isOwned && before.mediaStream !== after.mediaStream) stopTracks(before.mediaStream);
      this.changed.call(after.mediaStream);
    });
  }

  /** Closes the source whoever holds it. The next `acquire` opens it again. */
  close(): void {
    this.holds.clear();
    void this.turns.take(async () => this.closeIfUnused());
  }

  /** The source was exchanged: with its MediaStream where it is open. */
  onChanged(listener: (mediaStream: MediaStream | undefined) => void): () => void {
    return this.changed.add(listener);
  }

  onProblem(listener: (problem: CaptureProblem) => void): () => void {
    return this.problems.add(listener);
  }

  private become(state: OpenCapture): OpenCapture {
    this.state = state;
    this.watch(state.mediaStream);
    return state;
  }

  private closeIfUnused(): void {
    if (this.holds.size > 0 || this.state.phase === 'closed') return;
    const { mediaStream, isOwned } = this.state;
    this.state = { phase: 'closed' };
    if (isOwned) stopTracks(mediaStream);
  }

  /** Many phones cannot open two cameras at once: where the second fails to open, the first makes room. */
  private async openInPlaceOf(before: OpenCapture, source: CaptureSource<Device>): Promise<OpenCapture> {
    try {
      return await this.openSource(source);
    } catch (error) {
      if (!before.isOwned || this.source.kind !== 'device' || !isDeviceBusy(error)) throw error;
      stopTracks(before.mediaStream);
      try {
        return await this.openSource(source);
      } catch (secondError) {
        this.become(await this.openSource(this.source));
        this.changed.call(this.current());
        throw secondError;
      }
    }
  }

  private async openSource(source: CaptureSource<Device>): Promise<OpenCapture> {
    if (source.kind === 'mediaStream') return { phase: 'open', mediaStream: source.mediaStream, isOwned: source.isOwned };
    try {
      return { phase: 'open', mediaStream: await source.open(), isOwned: true };
    } catch (error) {
      throw clientError('DEVICE_UNAVAILABLE', { cause: error });
    }
  }

  /** `ended` is only fired for what we did not stop ourselves: an unplugged device, a permission taken back. */
  private watch(mediaStream: MediaStream): void {
    const isCurrent = () => this.current() === mediaStream;
    for (const track of mediaStream.getTracks()) {
      track.addEventListener('ended', () => {
        if (!isCurrent()) return;
        this.state = { phase: 'closed' };
        this.problems.call('stoppedUnexpectedly');
      });
      track.addEventListener('mute', () => {
        if (isCurrent()) this.problems.call('muted');
      });
      track.addEventListener('unmute', () => {
        if (isCurrent()) this.problems.call('unmuted');
      });
    }
  }
}

/** Symbol-keyed, so that applications do not see it and their proxies pass it through. */
export const localTrack: unique symbol = Symbol('localTrack');

/** The capture behind a LocalVideoStream or LocalAudioStream of this library. */
export function localTrackOf(stream: object): LocalTrack {
  const track = (stream as { readonly [localTrack]?: LocalTrack })[localTrack];
  if (track === undefined) throw clientError('STREAM_FOREIGN');
  return track;
}

export function stopTracks(mediaStream: MediaStream): void {
  for (const track of mediaStream.getTracks()) track.stop();
}

function isDeviceBusy(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof DOMException && (cause.name === 'NotReadableError' || cause.name === 'AbortError');
}
