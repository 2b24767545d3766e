import { type Randomness, seededRandomness } from '@dialplane/sansio';

/** A fuzzer's decisions, all from one seed. */
export class Dice {
  readonly randomness: Randomness;

  constructor(seed: number) {
    this.randomness = seededRandomness(seed);
  }

  /** An integer in 0..limit-1. */
  below(limit: number): number {
    return Math.floor((this.randomness.nextUint32() / 2 ** 32) * limit);
  }

  /** True with probability `rate`. */
  happens(rate: number): boolean {
    return this.randomness.nextUint32() / 2 ** 32 < rate;
  }

  /** One of `items`, which must not be empty. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.randomness.nextUint32() & 255);
  }
}
