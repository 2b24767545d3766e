import { burstMs, everybody, people, type Person } from '../src/browsers/test-signal.ts';

/** The strongest level of each person's tone over the last whole period of bursts, in dB below full scale. */
export type ToneReading = Readonly<Record<Person, number>>;

const sampleIntervalMs = 20;
/** A little more than burst plus pause: a tone that sounds is in every window of this length. */
const windowMs = 2 * burstMs + 100;
const silenceDb = -120;

/** Measures whose tones sound in the audio tracks of a stream, all of them together; tracks may come and go. It listens while somebody asks. */
export class ToneMeter {
  readonly #stream: MediaStream;
  readonly #audio = new AudioContext();
  readonly #analyser = this.#audio.createAnalyser();
  readonly #spectrum: Float32Array<ArrayBuffer>;
  readonly #samples: Array<{ readonly at: number; readonly levels: ToneReading }> = [];
  readonly #inputs = new Map<MediaStreamTrack, ToneInput>();
  readonly #waiting = new Set<(now: number) => void>();
  #sampling: ReturnType<typeof setInterval> | undefined;

  constructor(stream: MediaStream) {
    this.#stream = stream;
    this.#analyser.fftSize = 4096;
    this.#analyser.smoothingTimeConstant = 0;
    this.#spectrum = new Float32Array(this.#analyser.frequencyBinCount);
  }

  /** Resolves with the reading of the next whole window. */
  async read(): Promise<ToneReading> {
    const from = performance.now();
    await this.#until(from + windowMs);
    return this.#loudestSince(from);
  }

  #sample(): void {
    this.#followTracks();
    this.#analyser.getFloatFrequencyData(this.#spectrum);
    const binHz = this.#audio.sampleRate / this.#analyser.fftSize;
    const levels = Object.fromEntries(everybody.map((person) => [person, this.#level(people[person].toneHz / binHz)])) as Record<Person, number>;
    const now = performance.now();
    this.#samples.push({ at: now, levels });
    while ((this.#samples[0]?.at ?? now) < now - 4 * windowMs) this.#samples.shift();
    for (const look of this.#waiting) look(now);
  }

  #followTracks(): void {
    const tracks = this.#stream.getAudioTracks();
    for (const track of tracks) if (!this.#inputs.has(track)) this.#inputs.set(track, connect(this.#audio, track, this.#analyser));
    for (const [track, { source, player }] of this.#inputs) {
      if (tracks.includes(track)) continue;
      source.disconnect();
      player.srcObject = null;
      this.#inputs.delete(track);
    }
  }

  #until(instant: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (now: number): void => {
        if (now < instant) return;
        this.#waiting.delete(look);
        if (this.#waiting.size === 0) this.#rest();
        resolve();
      };
      this.#waiting.add(look);
      this.#sampling ??= setInterval(() => this.#sample(), sampleIntervalMs);
    });
  }

  #rest(): void {
    clearInterval(this.#sampling);
    this.#sampling = undefined;
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

interface ToneInput {
  readonly source: MediaStreamAudioSourceNode;
  readonly player: HTMLAudioElement;
}

/** Chromium decodes a remote track only while a media element plays it. */
export function connect(audio: AudioContext, track: MediaStreamTrack, destination: AudioNode): ToneInput {
  const stream = new MediaStream([track]);
  const player = new Audio();
  player.muted = true;
  player.srcObject = stream;
  void player.play();
  const source = audio.createMediaStreamSource(stream);
  source.connect(destination);
  return { source, player };
}

const audibleDb = -60;
const distanceDb = 15;

/** Whose tone stands out; `null` when there is silence, or when two tones are about as loud. */
export function heardIn(reading: ToneReading): Person | null {
  const [first, ...others] = allHeardIn(reading);
  return first === undefined || others.length > 0 ? null : first;
}

/** Whose tones sound: audible, and not so much weaker than the loudest that they may be an echo of it in another frequency. */
export function allHeardIn(reading: ToneReading): readonly Person[] {
  const loudest = Math.max(...everybody.map((person) => reading[person]));
  return everybody.filter((person) => reading[person] >= audibleDb && reading[person] > loudest - distanceDb);
}
