/** The longest filter that is told (RFC 3389 §3 allows any; encoders use ten). */
const mostCoefficients = 12;
const silence = 127;

/**
 * Comfort noise as a sender that pauses describes it (RFC 3389): a level, and reflection coefficients of a filter that gives it the colour of the room. What it says
 * holds until it says something else.
 */
export class ComfortNoise {
  /** RFC 3389 §3: 0 to 127 in -dBov; 127 is none. */
  level = silence;
  private readonly reflections = new Float64Array(mostCoefficients);
  private readonly states = new Float64Array(mostCoefficients + 1);
  private order = 0;
  private seed = 1;

  /** Takes a payload: a byte of level, then a byte for each coefficient, 127 being zero. @returns False where it is empty. */
  describe(bytes: Uint8Array, offset: number, length: number): boolean {
    if (length < 1) return false;
    this.level = (bytes[offset] ?? silence) & 0x7f;
    this.order = Math.min(length - 1, mostCoefficients);
    for (let index = 0; index < this.order; index += 1) this.reflections[index] = reflectionOf(bytes[offset + 1 + index] ?? 127);
    return true;
  }

  /** Fills `count` samples of a stream of 8,000 Hz. */
  fill(samples: Float32Array, at: number, count: number): void {
    // 0 dBov is a square wave of full scale (RFC 3389 §3.1); evenly spread numbers have a third of its power.
    let gain = 10 ** (-this.level / 20) * Math.sqrt(3);
    // What the filter adds to the power of its input: the product over 1 / (1 - k²).
    for (let index = 0; index < this.order; index += 1) gain *= Math.sqrt(1 - (this.reflections[index] ?? 0) ** 2);
    for (let index = 0; index < count; index += 1) samples[at + index] = this.filtered(gain * this.nextRandom());
  }

  /** A lattice of reflection coefficients (all poles inside the unit circle, since each is below 1). */
  private filtered(excitation: number): number {
    const { reflections, states, order } = this;
    let forward = excitation;
    for (let stage = order - 1; stage >= 0; stage -= 1) {
      const reflection = reflections[stage] ?? 0;
      forward -= reflection * (states[stage] ?? 0);
      states[stage + 1] = (states[stage] ?? 0) + reflection * forward;
    }
    states[0] = forward;
    return forward;
  }

  /** From -1 to 1, evenly. */
  private nextRandom(): number {
    this.seed = (this.seed * 16_807) % 2_147_483_647;
    return this.seed / 1_073_741_823.5 - 1;
  }
}

/** RFC 3389 §3.2: -1 to 1 in 255 steps. */
function reflectionOf(quantized: number): number {
  return (258 * (Math.min(quantized, 254) - 127)) / 32_768;
}
