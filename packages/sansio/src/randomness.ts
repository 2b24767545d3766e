/** Where a machine gets its randomness from. Production passes a cryptographic source, tests a seeded one. */
export interface Randomness {
  /** A uniformly distributed integer in 0..2^32-1. */
  nextUint32(): number;
}

/**
 * A reproducible source for tests and simulation (sfc32 seeded through splitmix32). Not for secrets.
 *
 * @param seed any 32-bit integer; the same seed gives the same sequence on every machine.
 */
export function seededRandomness(seed: number): Randomness {
  let mix = seed >>> 0;
  const splitmix32 = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = splitmix32();
  let b = splitmix32();
  let c = splitmix32();
  let counter = 1;
  return {
    nextUint32: () => {
      const result = (a + b + counter) >>> 0;
      counter = (counter + 1) >>> 0;
      a = (b ^ (b >>> 9)) >>> 0;
      b = (c + (c << 3)) >>> 0;
      c = (((c << 21) | (c >>> 11)) + result) >>> 0;
      return result;
    },
  };
}
