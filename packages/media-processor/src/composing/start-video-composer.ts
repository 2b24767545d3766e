import type { LoadedKernel } from '@dialplane/kernels';
import type { RingReader } from '../threads/record-ring.ts';
import { RingedThread } from '../threads/ringed-thread.ts';
import { ComposerCounters } from './composer-counters.ts';
import type { ComposerCommand, ComposerReport } from './composer-messages.ts';
import { composedFrameKind, readComposedFrame, writeSourceFrame } from './frame-records.ts';
import type { ComposedFrame, ComposedSize, ComposedTile, VideoComposer, VideoComposerEvents, VideoComposerStatistics } from './video-composer.ts';

/** Both hold some seconds of pictures. */
const ringBytes = 8 * 1024 * 1024;

/**
 * Starts the video composer in a thread of its own; absent, with a sentence, where the kernels for pictures are. A thread that fails is started again, with the
 * compositions and sources that there are.
 */
export async function startVideoComposer(events: VideoComposerEvents): Promise<LoadedKernel<VideoComposer>> {
  const composer = new ThreadedVideoComposer(events);
  const absentBecause = await composer.start();
  return absentBecause === undefined ? { kind: 'loaded', exports: composer } : { kind: 'absent', absentBecause };
}

interface CompositionState {
  readonly sources: Set<number>;
  readonly bitrates: Map<ComposedSize, number>;
  tiles: readonly ComposedTile[];
}

class ThreadedVideoComposer implements VideoComposer {
  private readonly events: VideoComposerEvents;
  private readonly counters = new ComposerCounters();
  private readonly compositions = new Map<number, CompositionState>();
  private readonly compositionOf = new Map<number, CompositionState>();
  private lastNumber = 0;
  private readonly thread: RingedThread<ComposerCommand, ComposerReport>;

  constructor(events: VideoComposerEvents) {
    this.events = events;
    this.thread = new RingedThread({
      module: new URL('./composing-worker.ts', import.meta.url),
      name: 'composing',
      incomingBytes: ringBytes,
      outgoingBytes: ringBytes,
      counters: this.counters.memory,
      onStarted: () => this.repeat(),
      onWritten: (ring) => this.deliver(ring),
      onReport: ({ source }) => events.onKeyFrameNeeded(source),
      onFailure: (sentence) => events.onFailure(sentence),
    });
  }

  /** @returns Why there is none, or nothing. */
  start(): Promise<string | undefined> {
    return this.thread.start();
  }

  openComposition(): number {
    const composition = (this.lastNumber += 1);
    this.compositions.set(composition, { sources: new Set(), bitrates: new Map(), tiles: [] });
    this.command({ kind: 'openComposition', composition });
    return composition;
  }

  closeComposition(composition: number): void {
    const state = this.compositions.get(composition);
    if (state === undefined) return;
    this.compositions.delete(composition);
    for (const source of state.sources) this.compositionOf.delete(source);
    this.command({ kind: 'closeComposition', composition });
  }

  addSource(composition: number): number {
    const source = (this.lastNumber += 1);
    const state = this.compositions.get(composition);
    if (state === undefined) return source;
    state.sources.add(source);
    this.compositionOf.set(source, state);
    this.command({ kind: 'addSource', composition, source });
    return source;
  }

  removeSource(source: number): void {
    const state = this.compositionOf.get(source);
    if (state === undefined) return;
    state.sources.delete(source);
    this.compositionOf.delete(source);
    this.command({ kind: 'removeSource', source });
  }

  setTiles(composition: number, tiles: readonly ComposedTile[]): void {
    const state = this.compositions.get(composition);
    if (state === undefined) return;
    state.tiles = tiles;
    this.command({ kind: 'setTiles', composition, tiles });
  }

  setBitrate(composition: number, size: ComposedSize, bitrateBps: number | undefined): void {
    const state = this.compositions.get(composition);
    if (state === undefined) return;
    if (bitrateBps === undefined) state.bitrates.delete(size);
    else state.bitrates.set(size, bitrateBps);
    this.command({ kind: 'setBitrate', composition, size, bitrateBps });
  }

  needKeyFrame(composition: number, size: ComposedSize): void {
    this.command({ kind: 'needKeyFrame', composition, size });
  }

  push(source: number, frame: Uint8Array): boolean {
    const { incoming } = this.thread;
    if (incoming !== undefined && writeSourceFrame(incoming, source, frame)) return true;
    this.counters.count('droppedFrames');
    return false;
  }

  statistics(): VideoComposerStatistics {
    return this.counters.read();
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  /** Tells a new thread of what there is. */
  private repeat(): void {
    for (const [composition, { sources, bitrates, tiles }] of this.compositions) {
      this.command({ kind: 'openComposition', composition });
      for (const source of sources) this.command({ kind: 'addSource', composition, source });
      this.command({ kind: 'setTiles', composition, tiles });
      for (const [size, bitrateBps] of bitrates) this.command({ kind: 'setBitrate', composition, size, bitrateBps });
    }
  }

  private command(command: ComposerCommand): void {
    this.thread.command(command);
  }

  private deliver(ring: RingReader): void {
    const frames: ComposedFrame[] = [];
    ring.readAll((kind, offset) => {
      if (kind === composedFrameKind) frames.push(readComposedFrame(ring, offset));
    });
    if (frames.length > 0) this.events.onFrames(frames);
  }
}
