import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LoadedKernel } from '@dialplane/kernels';
import { createRingMemory, RingReader, RingWriter } from '../mixing/packet-ring.ts';
import { ComposerCounters } from './composer-counters.ts';
import type { ComposerCommand, ComposerReport, ComposingWorkerData } from './composer-messages.ts';
import { composedFrameKind, readComposedFrame, writeSourceFrame } from './frame-records.ts';
import type { ComposedFrame, ComposedSize, ComposedTile, VideoComposer, VideoComposerEvents, VideoComposerStatistics } from './video-composer.ts';

const restartDelayMs = 1_000;
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

/** The thread and its ends of everything that is shared. */
interface ComposingConnection {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly sources: RingWriter;
  readonly composed: RingReader;
}

class ThreadedVideoComposer implements VideoComposer {
  private readonly events: VideoComposerEvents;
  private readonly counters = new ComposerCounters();
  private readonly compositions = new Map<number, CompositionState>();
  private readonly compositionOf = new Map<number, CompositionState>();
  private lastNumber = 0;
  private thread: ComposingConnection | undefined;
  private state: 'running' | 'closing' = 'running';
  private restarting: NodeJS.Timeout | undefined;

  constructor(events: VideoComposerEvents) {
    this.events = events;
  }

  /** @returns Why there is none, or nothing. */
  async start(): Promise<string | undefined> {
    const { port1: port, port2 } = new MessageChannel();
    const data: ComposingWorkerData = { sources: createRingMemory(ringBytes), composed: createRingMemory(ringBytes), counters: this.counters.memory, port: port2 };
    const worker = new Worker(new URL('./composing-worker.ts', import.meta.url), { workerData: data, transferList: [port2], name: 'composing' });
    const thread = { worker, port, sources: new RingWriter(data.sources), composed: new RingReader(data.composed) };
    const reason = await new Promise<string | undefined>((resolve) => {
      port.on('message', (report: ComposerReport) => {
        if (report.kind === 'frames') this.deliver(thread.composed);
        else if (report.kind === 'keyFrameNeeded') this.events.onKeyFrameNeeded(report.source);
        else resolve(report.kind === 'ready' ? undefined : report.absentBecause);
      });
      worker.on('error', (error) => resolve(sentenceOf(error)));
    });
    if (reason !== undefined) return reason;
    worker.on('error', (error) => this.handleFailure(error));
    this.thread = thread;
    for (const [composition, state] of this.compositions) this.repeat(composition, state);
    return undefined;
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
    if (this.thread !== undefined && writeSourceFrame(this.thread.sources, source, frame)) return true;
    this.counters.count('droppedFrames');
    return false;
  }

  statistics(): VideoComposerStatistics {
    return this.counters.read();
  }

  async close(): Promise<void> {
    this.state = 'closing';
    clearTimeout(this.restarting);
    const { thread } = this;
    if (thread === undefined) return;
    const ended = once(thread.worker, 'exit');
    this.command({ kind: 'close' });
    await ended;
    thread.port.close();
    this.thread = undefined;
  }

  /** Tells a new thread of what there is. */
  private repeat(composition: number, { sources, bitrates, tiles }: CompositionState): void {
    this.command({ kind: 'openComposition', composition });
    for (const source of sources) this.command({ kind: 'addSource', composition, source });
    this.command({ kind: 'setTiles', composition, tiles });
    for (const [size, bitrateBps] of bitrates) this.command({ kind: 'setBitrate', composition, size, bitrateBps });
  }

  private command(command: ComposerCommand): void {
    this.thread?.port.postMessage(command);
    this.thread?.sources.wake();
  }

  private deliver(ring: RingReader): void {
    const frames: ComposedFrame[] = [];
    ring.readAll((kind, offset) => {
      if (kind === composedFrameKind) frames.push(readComposedFrame(ring, offset));
    });
    if (frames.length > 0) this.events.onFrames(frames);
    ring.release();
  }

  private handleFailure(error: unknown): void {
    this.thread?.port.close();
    this.thread = undefined;
    if (this.state === 'closing') return;
    this.events.onFailure(sentenceOf(error));
    this.restarting = setTimeout(() => void this.restart(), restartDelayMs);
  }

  private async restart(): Promise<void> {
    const reason = await this.start();
    if (reason !== undefined) this.events.onFailure(reason);
    else if (this.state === 'closing') await this.close();
  }
}

function sentenceOf(error: unknown): string {
  return `The thread of the video composer has failed: ${error instanceof Error ? error.message : String(error)}.`;
}
