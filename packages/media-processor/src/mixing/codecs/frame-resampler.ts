import { type AudioWorkspace, historySamples } from '../audio-workspace.ts';
import { samplesOfFrame, type SampleRate } from './sample-rates.ts';

/** Longer than the memory of its filter. */
const primingMs = 20;

/** Frames of 20 ms of one signal at another rate, in order. */
export class FrameResampler {
  readonly from: SampleRate;
  readonly to: SampleRate;
  private readonly workspace: AudioWorkspace;
  private readonly resampler: number;

  constructor(workspace: AudioWorkspace, from: SampleRate, to: SampleRate) {
    this.workspace = workspace;
    this.from = from;
    this.to = to;
    this.resampler = workspace.kernels.pcm.openResampler(from > to ? from / to : to / from, from > to ? 'down' : 'up');
  }

  /** Lets it know what was before the sample at `at`, which is there for as long as `historySamples` say, so that it does not begin with a step. */
  prime(at: number, scratch: number): void {
    const count = Math.min(historySamples(this.from), (this.from * primingMs) / 1000);
    this.workspace.resample(this.resampler, at - count, count, scratch, (count * this.to) / this.from);
  }

  /** Reads a frame at `source` and writes one at `destination`. */
  run(source: number, destination: number): void {
    this.workspace.resample(this.resampler, source, samplesOfFrame(this.from), destination, samplesOfFrame(this.to));
  }

  close(): void {
    this.workspace.kernels.pcm.closeResampler(this.resampler);
  }
}
