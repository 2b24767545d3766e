import { burstMs, people, type Person } from '../src/browsers/test-signal.ts';
import { connect } from './tone-meter.ts';

const lookEveryMs = 10;
const audibleDb = -60;

/** Notices for how long a person's tone was missing, in what is decoded and would be heard; the pauses between its bursts are not counted. */
export class ToneGap {
  readonly #audio = new AudioContext();
  readonly #analyser = this.#audio.createAnalyser();
  readonly #spectrum: Float32Array<ArrayBuffer>;
  readonly #bin: number;
  readonly #known = new Set<MediaStreamTrack>();
  #heardAt = performance.now();
  #longestMs = 0;

  constructor(stream: MediaStream, person: Person) {
    // As short as two tones can still be told apart: what is measured is time.
    this.#analyser.fftSize = 1024;
    this.#analyser.smoothingTimeConstant = 0;
    this.#spectrum = new Float32Array(this.#analyser.frequencyBinCount);
    this.#bin = Math.round((people[person].toneHz * this.#analyser.fftSize) / this.#audio.sampleRate);
    setInterval(() => this.#look(stream), lookEveryMs);
  }

  /** The longest gap since the watch began or this was last asked, in milliseconds; one that still lasts counts. */
  takeLongest(): number {
    const longest = Math.max(this.#longestMs, performance.now() - this.#heardAt);
    this.#longestMs = 0;
    return Math.max(0, Math.round(longest - burstMs));
  }

  #look(stream: MediaStream): void {
    for (const track of stream.getAudioTracks()) {
      if (!this.#known.has(track)) connect(this.#audio, track, this.#analyser);
      this.#known.add(track);
    }
    this.#analyser.getFloatFrequencyData(this.#spectrum);
    if ((this.#spectrum[this.#bin] ?? 0) < audibleDb) return;
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#heardAt);
    this.#heardAt = now;
  }
}
