import type { SoundFile } from '@dialplane/media-api';
import { type AudioWorkspace, mostFrameSamples } from '../audio-workspace.ts';
import { FrameResampler } from '../codecs/frame-resampler.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';
import { SoundFileReader } from './sound-file-reader.ts';

/** reading ▶ reading (the next one) ▶ over. A sound is opened when its turn comes. */
type Reading =
  | { readonly kind: 'reading'; readonly index: number; readonly reader: SoundFileReader | undefined }
  | { readonly kind: 'over'; readonly outcome: 'ended' | 'failed'; readonly index: number };

/** Sound files that are heard one after the other, tick by tick, as if somebody said them. */
export class PlayedSound {
  /** How loud the frame of this tick is (RFC 6464). */
  level = 127;
  /** Announcements and music alike. */
  readonly signal = 'unknown';
  private readonly workspace: AudioWorkspace;
  private readonly sounds: readonly SoundFile[];
  private readonly isLooped: boolean;
  /** Holds the frame at the rate of its file, then at that of the mix. */
  private readonly area: number;
  private resampler: FrameResampler | undefined;
  private reading: Reading = { kind: 'reading', index: 0, reader: undefined };
  private at: number;

  constructor(workspace: AudioWorkspace, sounds: readonly SoundFile[], isLooped: boolean) {
    this.workspace = workspace;
    this.sounds = sounds;
    this.isLooped = isLooped;
    this.area = workspace.openArea();
    this.at = this.area;
  }

  /** The highest rate at which there is something to hear. */
  get rate(): SampleRate {
    let rate: SampleRate = 8000;
    for (const { sampleRate } of this.sounds) if (sampleRate > rate) rate = sampleRate;
    return rate;
  }

  /** The sound that is heard, by its place; the one that could not be read, where it has failed. */
  get soundIndex(): number {
    return this.reading.index;
  }

  /** Makes the frame of this tick, at `rate`. @returns Whether there is one, or why there is none any more. */
  begin(rate: SampleRate): 'playing' | 'ended' | 'failed' {
    const sampleRate = this.current?.sampleRate;
    if (sampleRate === undefined) return this.end('ended');
    const count = samplesOfFrame(sampleRate);
    const filled = this.fill(sampleRate, count);
    if (this.reading.kind === 'over' && (filled === 0 || this.reading.outcome === 'failed')) return this.reading.outcome;
    this.workspace.zero(this.area + filled, count - filled);
    this.at = this.atRate(sampleRate, rate);
    this.workspace.measure(this.at, samplesOfFrame(rate));
    this.level = this.workspace.level;
    return 'playing';
  }

  /** Where in the workspace the frame of this tick is. */
  render(): number {
    return this.at;
  }

  close(): void {
    this.end('ended');
    this.resampler?.close();
    this.workspace.closeArea(this.area);
  }

  private get current(): SoundFile | undefined {
    return this.reading.kind === 'reading' ? this.sounds[this.reading.index] : undefined;
  }

  /** Reads on into the next sounds while they have the same rate, so that what is repeated has no gap. @returns How many samples. */
  private fill(sampleRate: SampleRate, count: number): number {
    const { workspace, area } = this;
    let filled = 0;
    try {
      while (filled < count && this.reading.kind === 'reading' && this.current?.sampleRate === sampleRate) {
        const reader = this.opened(this.reading);
        filled += reader.read(workspace.samples, area + filled, count - filled);
        if (filled < count) this.goOn();
      }
    } catch {
      this.end('failed');
    }
    return filled;
  }

  private opened({ index, reader }: Extract<Reading, { kind: 'reading' }>): SoundFileReader {
    const opened = reader ?? new SoundFileReader(this.sounds[index]?.path ?? '');
    this.reading = { kind: 'reading', index, reader: opened };
    return opened;
  }

  private goOn(): void {
    const { reading, sounds, isLooped } = this;
    if (reading.kind === 'over') return;
    const next = reading.index + 1;
    if (next === sounds.length && !isLooped) {
      this.end('ended');
      return;
    }
    reading.reader?.close();
    this.reading = { kind: 'reading', index: next % sounds.length, reader: undefined };
  }

  private end(outcome: 'ended' | 'failed'): 'ended' | 'failed' {
    const { reading } = this;
    if (reading.kind === 'over') return reading.outcome;
    reading.reader?.close();
    this.reading = { kind: 'over', outcome, index: reading.index };
    return outcome;
  }

  private atRate(from: SampleRate, to: SampleRate): number {
    const { workspace, area } = this;
    if (from === to) return area;
    if (this.resampler?.from !== from || this.resampler.to !== to) {
      this.resampler?.close();
      this.resampler = new FrameResampler(workspace, from, to);
    }
    this.resampler.run(area, area + mostFrameSamples);
    return area + mostFrameSamples;
  }
}
