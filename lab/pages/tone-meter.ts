import { burstMs, everybody, people, type Person } from '../src/test-signal.ts';

/** The strongest level of each person's tone over the last whole period of bursts, in dB below full scale. */
export type ToneReading = Readonly<Record<Person, number>>;

const sampleIntervalMs = 20;
/** A little more than burst plus pause: a tone that sounds is in every window of this length. */
const windowMs = 2 * burstMs + 100;
const silenceDb = -120;

/** Measures whose tone sounds in an audio track. */
export class ToneMeter {
  readonly #audio = new AudioContext();
  readonly #analyser = this.#audio.createAnalyser();
  readonly #spectrum: Float32Array<ArrayBuffer>;
  readonly #samples: Array<{ readonly at: number; readonly levels: ToneReading }> = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #player = new Audio();
  readonly #waiting = new Set<(now: number) => void>();

  constructor(track: MediaStreamTrack) {
    const stream = new MediaStream([track]);
    // Chromium decodes a remote track only while a media element plays it.
    this.#player.muted = true;
    this.#player.srcObject = stream;
    void this.#player.play();
    this.#analyser.fftSize = 4096;
    this.#analyser.smoothingTimeConstant = 0;
    this.#spectrum = new Float32Array(this.#analyser.frequencyBinCount);
    this.#audio.createMediaStreamSource(stream).connect(this.#analyser);
    this.#timer = setInterval(() => this.#sample(), sampleIntervalMs);
  }

  /** Resolves with the reading of the next whole window. */
  async read(): Promise<ToneReading> {
    const from = performance.now();
    await this.#until(from + windowMs);
    return this.#loudestSince(from);
  }

  /** Resolves when `person`, and nobody else, was heard for a whole window; `null` waits for silence. Never rejects. */
  async hears(person: Person | null): Promise<void> {
    while (heardIn(await this.read()) !== person);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#player.srcObject = null;
    void this.#audio.close();
  }

  #sample(): void {
    this.#analyser.getFloatFrequencyData(this.#spectrum);
    const binHz = this.#audio.sampleRate / this.#analyser.fftSize;
    const levels = Object.fromEntries(everybody.map((person) => [person, this.#level(people[person].toneHz / binHz)])) as Record<Person, number>;
    const now = performance.now();
    this.#samples.push({ at: now, levels });
    while ((this.#samples[0]?.at ?? now) < now - 4 * windowMs) this.#samples.shift();
    for (const look of this.#waiting) look(now);
  }

  #until(instant: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (now: number): void => {
        if (now < instant) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  #level(bin: number): number {
    const nearest = Math.round(bin);
    return Math.max(silenceDb, ...this.#spectrum.slice(nearest - 1, nearest + 2));
  }

  #loudestSince(from: number): ToneReading {
    const window = this.#samples.filter((sample) => sample.at >= from);
    return Object.fromEntries(everybody.map((person) => [person, Math.round(Math.max(silenceDb, ...window.map((sample) => sample.levels[person])))])) as ToneReading;
  }
}

const audibleDb = -60;
const distanceDb = 15;

/** Whose tone stands out; `null` when there is silence, or when two tones are about as loud. */
export function heardIn(reading: ToneReading): Person | null {
  const [first, second] = everybody.toSorted((one, other) => reading[other] - reading[one]);
  if (first === undefined || reading[first] < audibleDb) return null;
  return second === undefined || reading[first] - reading[second] >= distanceDb ? first : null;
}
