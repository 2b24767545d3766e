import { columnFrequencies, keypad, rowFrequencies } from './dtmf-signals.ts';

/** 12.75 ms at 8,000 Hz: rows and columns are told apart, and a shortest tone of 40 ms (ITU-T Q.24 §2) has two whole blocks in it. */
const blockSamples = 102;
const sampleRate = 8000;
/** Blocks that a tone has to be there for, and to be gone for: an interruption of 10 ms is none (ITU-T Q.24). */
const pressedBlocks = 2;
const releasedBlocks = 2;
/** Softest power of one frequency: -36 dBm0 (ITU-T Q.24 asks for -29 at least). As the square of an amplitude. */
const leastPower = 10 ** ((-36 - 3.14) / 10);
/** How much stronger one of the two may be: 8 dB is asked for; what is beyond is some other sound. */
const mostTwist = 10;
/** How much stronger each has to be than every other one of its group. */
const leastLead = 10 ** 0.5;
/** Share of all power that the two have to be. A tone in noise of 15 dB, off by 1.5 %, keeps this; voices rarely have it. */
const leastShare = 0.68;
/**
 * Finds the keys of telephones in sound: 8,000 samples a second, in pieces of any length. One press is told once, as soon as it is certain (26 to 38 ms).
 *
 * ```
 *   silent ── block with a key ──▶ suspected ── the same again ──▶ pressed ── two blocks without it ──▶ silent
 *      ▲──────── another block ────────┘
 * ```
 */
export class DtmfDetector {
  /** Whether a key is or may be heard at the end of what was given: whoever wants to keep tones from others leaves it out. */
  state: 'silent' | 'suspected' | 'pressed' = 'silent';
  private key = '';
  private blocks = 0;
  private missing = 0;
  private filled = 0;
  private readonly block = new Float64Array(blockSamples);
  private readonly rows = new Float64Array(4);
  private readonly columns = new Float64Array(4);

  /** Takes `count` samples from `at` on, every `step`th one. @returns The keys that were pressed, mostly none. */
  take(samples: Float32Array, at: number, count: number, step = 1): string {
    let pressed = '';
    for (let index = 0; index < count; index += 1) {
      this.block[this.filled] = samples[at + index * step] ?? 0;
      this.filled += 1;
      if (this.filled < blockSamples) continue;
      this.filled = 0;
      pressed += this.note(this.keyOfBlock());
    }
    return pressed;
  }

  private note(key: string): string {
    if (this.state === 'pressed') {
      this.missing = key === this.key ? 0 : this.missing + 1;
      if (this.missing < releasedBlocks) return '';
      this.state = 'silent';
    }
    if (key === '') {
      this.state = 'silent';
      return '';
    }
    this.blocks = this.state === 'suspected' && key === this.key ? this.blocks + 1 : 1;
    this.key = key;
    this.state = this.blocks < pressedBlocks ? 'suspected' : 'pressed';
    this.missing = 0;
    return this.state === 'pressed' ? key : '';
  }

  private keyOfBlock(): string {
    const { block } = this;
    let energy = 0;
    for (let index = 0; index < blockSamples; index += 1) energy += (block[index] ?? 0) ** 2;
    // Two sine waves of the least power have this energy; most blocks are decided here.
    if (energy < leastPower * blockSamples) return '';
    const { rows, columns } = this;
    for (let index = 0; index < 4; index += 1) {
      rows[index] = powerAt(block, rowFrequencies[index] ?? 0);
      columns[index] = powerAt(block, columnFrequencies[index] ?? 0);
    }
    const [row, column] = [strongest(rows), strongest(columns)];
    if (row < 0 || column < 0) return '';
    const [low, high] = [rows[row] ?? 0, columns[column] ?? 0];
    const isTone = low >= leastPower && high >= leastPower && low <= high * mostTwist && high <= low * mostTwist && ((low + high) / 2) * blockSamples >= leastShare * energy;
    return isTone ? (keypad[row * 4 + column] ?? '') : '';
  }
}

/** The square of the amplitude of one frequency in a block (Goertzel). */
function powerAt(block: Float64Array, frequencyHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let last = 0;
  let before = 0;
  for (let index = 0; index < blockSamples; index += 1) {
    const next = (block[index] ?? 0) + coefficient * last - before;
    before = last;
    last = next;
  }
  return (4 / (blockSamples * blockSamples)) * (last * last + before * before - coefficient * last * before);
}

/** @returns Which one leads all others of its group; -1 is none. */
function strongest(powers: Float64Array): number {
  let best = 0;
  for (let index = 1; index < powers.length; index += 1) if ((powers[index] ?? 0) > (powers[best] ?? 0)) best = index;
  for (let index = 0; index < powers.length; index += 1) if (index !== best && (powers[index] ?? 0) * leastLead > (powers[best] ?? 0)) return -1;
  return best;
}
