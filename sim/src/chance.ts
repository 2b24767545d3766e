import { seededRandomness, type Randomness } from '@dialplane/sansio';

/** Decisions from a seed: the same seed decides the same, whatever else happens around it. */
export class Chance {
  private readonly randomness: Randomness;

  constructor(seed: number) {
    this.randomness = seededRandomness(seed);
  }

  /** A source of its own, so that one part's decisions do not depend on how many another part has made. */
  fork(): Chance {
    return new Chance(this.randomness.nextUint32());
  }

  /** An integer in 0..limit-1. */
  below(limit: number): number {
    return Math.floor((this.randomness.nextUint32() / 2 ** 32) * limit);
  }

  /** An integer in least..most, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True with probability `rate` (0..1). */
  happens(rate: number): boolean {
    return this.randomness.nextUint32() / 2 ** 32 < rate;
  }

  /** One of `items`, which must not be empty. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** One of the keys, with a probability in proportion to its weight. */
  weigh<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as Array<[Key, number]>;
    let rest = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [key, weight] of entries) {
      rest -= weight;
      if (rest < 0) return key;
    }
    throw new Error('no weight is positive');
  }

  /** A UUID of this source. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.randomness.nextUint32().toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
