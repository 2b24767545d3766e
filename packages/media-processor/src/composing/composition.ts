import type { Picture } from './canvas.ts';
import type { ComposerCounters } from './composer-counters.ts';
import { ComposedOutput } from './composed-output.ts';
import type { PictureKernels } from './picture-kernels.ts';
import { type ComposedFrame, type ComposedSize, composedSizes, type ComposedTile } from './video-composer.ts';

/** Largest picture of a source: what is larger is not decoded. */
export const mostSourceWidth = 1920;
export const mostSourceHeight = 1088;
const leastBitrateBps = 50_000;
const mostBitrateBps = 4_000_000;

/** What all compositions of a thread work with, one after the other. */
export interface ComposingEnvironment {
  readonly kernels: PictureKernels;
  readonly counters: ComposerCounters;
  /** Room for one decoded picture, and for one encoded frame. */
  readonly decoded: Uint8Array;
  readonly encoded: Uint8Array;
  /** A source is of no use before its next key frame. */
  readonly needKeyFrame: (source: number) => void;
}

/** The composed picture of one conference: a decoder for each source that is in a tile, an output for each size that somebody receives. */
export class Composition {
  private readonly number: number;
  private readonly environment: ComposingEnvironment;
  private readonly sources = new Set<number>();
  private readonly decoders = new Map<number, number>();
  private readonly outputs = new Map<ComposedSize, ComposedOutput>();
  private tiles: readonly ComposedTile[] = [];

  constructor(number: number, environment: ComposingEnvironment) {
    this.number = number;
    this.environment = environment;
  }

  /** Whether anything is to be done: somebody receives it. */
  get isActive(): boolean {
    return this.outputs.size > 0;
  }

  addSource(source: number): void {
    this.sources.add(source);
  }

  removeSource(source: number): void {
    this.sources.delete(source);
    this.setTiles(this.tiles.filter((tile) => tile.source !== source));
  }

  setTiles(tiles: readonly ComposedTile[]): void {
    this.tiles = tiles.filter(({ source }) => this.sources.has(source));
    for (const output of this.outputs.values()) output.setTiles(this.tiles);
    this.openDecoders();
  }

  setBitrate(size: ComposedSize, bitrateBps: number | undefined): void {
    const output = this.outputs.get(size);
    if (bitrateBps === undefined) {
      output?.close();
      this.outputs.delete(size);
    } else {
      const kept = Math.round(Math.min(mostBitrateBps, Math.max(leastBitrateBps, bitrateBps)));
      if (output === undefined) this.open(size, kept);
      else output.setBitrate(kept);
    }
    this.openDecoders();
  }

  needKeyFrame(size: ComposedSize): void {
    this.outputs.get(size)?.needKeyFrame();
  }

  /** Takes a frame of a source, decodes it and draws it. */
  push(source: number, frame: Uint8Array): void {
    const decoder = this.decoders.get(source);
    if (decoder === undefined) return;
    const { kernels, counters, decoded, needKeyFrame } = this.environment;
    const { result, width, height } = kernels.vpx.decode(decoder, frame, decoded);
    if (result < 0) {
      counters.count('undecodableFrames');
      needKeyFrame(source);
    }
    if (result <= 0) return;
    counters.count('decodedFrames');
    const picture: Picture = { bytes: decoded, width, height };
    for (const output of this.outputs.values()) output.draw(source, picture);
  }

  /** One moment of the clock: encodes what has changed. */
  tick(nowMs: number, write: (frame: ComposedFrame) => void): void {
    const { encoded, counters } = this.environment;
    for (const [size, output] of this.outputs) {
      const { length, isKeyFrame } = output.encode(nowMs, encoded);
      if (length === 0) continue;
      counters.count('encodedFrames');
      write({ composition: this.number, size, timestamp: Math.round(nowMs * 90) | 0, isKeyFrame, bytes: encoded.subarray(0, length) });
    }
  }

  close(): void {
    for (const size of Object.keys(composedSizes) as ComposedSize[]) this.setBitrate(size, undefined);
  }

  private open(size: ComposedSize, bitrateBps: number): void {
    const output = new ComposedOutput(size, bitrateBps, this.environment.kernels);
    output.setTiles(this.tiles);
    this.outputs.set(size, output);
    // What is shown already is in the other size's canvas only.
    for (const source of this.decoders.keys()) this.environment.needKeyFrame(source);
  }

  /** Exactly the sources that are shown to somebody are decoded; a new decoder begins with a key frame. */
  private openDecoders(): void {
    const { kernels, needKeyFrame } = this.environment;
    const shown = new Set(this.isActive ? this.tiles.map(({ source }) => source) : []);
    for (const [source, decoder] of this.decoders) {
      if (shown.has(source)) continue;
      kernels.vpx.closeDecoder(decoder);
      this.decoders.delete(source);
    }
    for (const source of shown) {
      if (this.decoders.has(source)) continue;
      this.decoders.set(source, kernels.vpx.openDecoder(mostSourceWidth, mostSourceHeight));
      needKeyFrame(source);
    }
  }
}
