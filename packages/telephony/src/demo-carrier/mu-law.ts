const bias = 0x84;
const clip = 32_635;

/** One sample from -1 to 1 as PCMU (ITU-T G.711, table 2a). */
export function encodeMuLaw(sample: number): number {
  const linear = Math.min(clip, Math.round(Math.abs(sample) * 32_767)) + bias;
  const exponent = Math.max(0, 24 - Math.clz32(linear));
  const mantissa = (linear >>> (exponent + 3)) & 0x0f;
  const sign = sample < 0 ? 0x80 : 0;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** Silence as PCMU. */
export const muLawSilence = 0xff;
