import { pictureBytes } from '@dialplane/kernels';
import { unreachable } from '@dialplane/sansio';
import { RingReader, RingWriter } from '../threads/record-ring.ts';
import type { RingedWorkerData, ThreadReport } from '../threads/ringed-thread.ts';
import { TickingLoop } from '../threads/ticking-loop.ts';
import { ComposerCounters } from './composer-counters.ts';
import type { ComposerCommand, ComposerReport } from './composer-messages.ts';
import { Composition, type ComposingEnvironment, mostSourceHeight, mostSourceWidth } from './composition.ts';
import { readSourceFrame, writeComposedFrame } from './frame-records.ts';
import type { PictureKernels } from './picture-kernels.ts';
import { composedFrameRate, composedSizes } from './video-composer.ts';

const tickMs = 1000 / composedFrameRate;

/**
 * The thread of the composer: sleeps until the next moment for a frame, decodes and draws what has come, encodes what has changed. Moments that it has no time for are
 * left out. While nobody receives anything it sleeps until it is told something.
 */
export class ComposingThread {
  private readonly data: RingedWorkerData;
  private readonly sourceFrames: RingReader;
  private readonly composed: RingWriter;
  private readonly counters: ComposerCounters;
  private readonly environment: ComposingEnvironment;
  private readonly compositions = new Map<number, Composition>();
  private readonly compositionOf = new Map<number, Composition>();
  private readonly loop: TickingLoop<ComposerCommand>;

  constructor(data: RingedWorkerData, kernels: PictureKernels) {
    this.data = data;
    this.sourceFrames = new RingReader(data.incoming);
    this.composed = new RingWriter(data.outgoing);
    this.counters = new ComposerCounters(data.counters);
    const { width, height } = composedSizes.large;
    this.environment = {
      kernels,
      counters: this.counters,
      decoded: new Uint8Array(pictureBytes(mostSourceWidth, mostSourceHeight)),
      encoded: new Uint8Array(pictureBytes(width, height)),
      needKeyFrame: (source) => this.report({ kind: 'keyFrameNeeded', source }),
    };
    this.loop = new TickingLoop(tickMs, data.port, this.sourceFrames, {
      isBusy: () => this.isBusy(),
      perform: (command) => this.perform(command),
      takeRecords: () => this.takeFrames(),
      onTick: () => this.compose(),
      noteWorked: (milliseconds) => this.counters.add('workedMs', milliseconds),
    });
  }

  /** Returns when it was told to close. */
  run(): void {
    this.report({ kind: 'ready' });
    this.loop.run();
    for (const composition of this.compositions.values()) composition.close();
  }

  private isBusy(): boolean {
    for (const composition of this.compositions.values()) if (composition.isActive) return true;
    return false;
  }

  private compose(): void {
    const { loop } = this;
    const before = loop.tick + 1;
    loop.passTime();
    for (let missed = before; missed < loop.tick; missed += 1) this.counters.count('lateTicks');
    this.takeFrames();
    let written = 0;
    const nowMs = performance.now() - loop.startedAt;
    for (const composition of this.compositions.values()) {
      composition.tick(nowMs, (frame) => {
        if (writeComposedFrame(this.composed, frame)) written += 1;
        else composition.needKeyFrame(frame.size);
      });
    }
    if (written > 0) this.report({ kind: 'written' });
  }

  private takeFrames(): void {
    this.sourceFrames.readAll((_kind, offset) => {
      const { source, frame } = readSourceFrame(this.sourceFrames, offset);
      this.compositionOf.get(source)?.push(source, frame);
    });
    this.sourceFrames.release();
  }

  private perform(command: ComposerCommand): void {
    switch (command.kind) {
      case 'openComposition':
        this.compositions.set(command.composition, new Composition(command.composition, this.environment));
        return;
      case 'closeComposition':
        this.closeComposition(command.composition);
        return;
      case 'addSource':
        this.addSource(command.composition, command.source);
        return;
      case 'removeSource':
        this.compositionOf.get(command.source)?.removeSource(command.source);
        this.compositionOf.delete(command.source);
        return;
      case 'setTiles':
        this.compositions.get(command.composition)?.setTiles(command.tiles);
        return;
      case 'setBitrate':
        this.compositions.get(command.composition)?.setBitrate(command.size, command.bitrateBps);
        return;
      case 'needKeyFrame':
        this.compositions.get(command.composition)?.needKeyFrame(command.size);
        return;
      default:
        unreachable(command);
    }
  }

  private addSource(number: number, source: number): void {
    const composition = this.compositions.get(number);
    if (composition === undefined) return;
    this.compositionOf.set(source, composition);
    composition.addSource(source);
  }

  private closeComposition(number: number): void {
    const composition = this.compositions.get(number);
    if (composition === undefined) return;
    composition.close();
    this.compositions.delete(number);
    for (const [source, its] of this.compositionOf) if (its === composition) this.compositionOf.delete(source);
  }

  private report(report: ComposerReport | ThreadReport): void {
    this.data.port.postMessage(report);
  }
}
