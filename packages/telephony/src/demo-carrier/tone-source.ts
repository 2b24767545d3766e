import { dtmfTones } from '@dialplane/rtp';
import { frameBytes, frameMs, type FrameSource } from './frame-source.ts';
import { encodeMuLaw } from './mu-law.ts';

/** Sines that sound together, or silence where there are none. */
export interface ToneStep {
  readonly frequencies: readonly number[];
  readonly durationMs: number;
}

const sampleRate = 8000;
const amplitude = 0.25;
/** Fades each step in and out, so that it does not click. */
const fadeSamples = 40;

/** Plays steps one after the other, `rounds` times. */
export class ToneSource implements FrameSource {
  private readonly steps: readonly ToneStep[];
  private roundsLeft: number;
  private stepIndex = 0;
  private sampleIndex = 0;
  private readonly frame = new Uint8Array(frameBytes);

  constructor(steps: readonly ToneStep[], rounds = Infinity) {
    this.steps = steps;
    this.roundsLeft = steps.length === 0 ? 0 : rounds;
  }

  nextFrame(): Uint8Array | undefined {
    if (this.roundsLeft <= 0) return undefined;
    for (let index = 0; index < frameBytes; index += 1) this.frame[index] = encodeMuLaw(this.nextSample());
    return this.frame;
  }

  private nextSample(): number {
    const step = this.steps[this.stepIndex];
    if (step === undefined || this.roundsLeft <= 0) return 0;
    const length = (step.durationMs * sampleRate) / 1000;
    const at = this.sampleIndex;
    this.sampleIndex += 1;
    if (this.sampleIndex >= length) this.nextStep();
    const fade = Math.min(1, at / fadeSamples, (length - at) / fadeSamples);
    let sum = 0;
    for (const frequency of step.frequencies) sum += Math.sin((2 * Math.PI * frequency * at) / sampleRate);
    return amplitude * fade * sum;
  }

  private nextStep(): void {
    this.sampleIndex = 0;
    this.stepIndex = (this.stepIndex + 1) % this.steps.length;
    if (this.stepIndex === 0) this.roundsLeft -= 1;
  }
}

/** A rising and falling scale of C major, in notes long enough to be told apart by a spectrum. */
export const melody: readonly ToneStep[] = [523.25, 587.33, 659.26, 698.46, 783.99, 698.46, 659.26, 587.33]
  .map((frequency) => ({ frequencies: [frequency], durationMs: 320 }));

/** The three rising tones before an announcement of a network (ITU-T E.180 §7). */
export const specialInformationTone: readonly ToneStep[] = [
  { frequencies: [950], durationMs: 330 }, { frequencies: [1400], durationMs: 330 }, { frequencies: [1800], durationMs: 330 }, { frequencies: [], durationMs: 1000 },
];

/** Two short rising notes: it is your turn. */
export const prompt: readonly ToneStep[] = [{ frequencies: [660], durationMs: 120 }, { frequencies: [880], durationMs: 180 }, { frequencies: [], durationMs: frameMs }];

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keypad = ['123A', '456B', '789C', '*0#D'];

/** Keys `0-9*#A-D` as the pairs of sines of ITU-T Q.23, each followed by a pause; others are silence. */
export function keyTones(keys: string, toneMs = 160, pauseMs = 100): readonly ToneStep[] {
  return [...keys].flatMap((key) => {
    const row = keypad.findIndex((line) => dtmfTones.includes(key) && line.includes(key));
    const frequencies = row < 0 ? [] : [rows[row] ?? 0, columns[keypad[row]?.indexOf(key) ?? 0] ?? 0];
    return [{ frequencies, durationMs: toneMs }, { frequencies: [], durationMs: pauseMs }];
  });
}
