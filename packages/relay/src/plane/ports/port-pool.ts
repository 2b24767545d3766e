import type { Randomness } from '@dialplane/sansio';
import type { PortWish } from '@dialplane/turn';
import type { PortRange } from '../../relay-plane-options.ts';

/**
 * The relay ports of one address and transport: which are taken, and a free one that nobody can guess (RFC 8656 §7.2 asks for random ports). A taken port next to an
 * even one is part of `evenAndNext`.
 */
export class PortPool {
  private readonly range: PortRange;
  private readonly randomness: Randomness;
  private readonly taken: Uint8Array;
  private free: number;

  constructor(range: PortRange, randomness: Randomness) {
    this.range = range;
    this.randomness = randomness;
    this.free = range.last - range.first + 1;
    this.taken = new Uint8Array(this.free);
  }

  get freeCount(): number {
    return this.free;
  }

  isTaken(port: number): boolean {
    return this.taken[port - this.range.first] === 1;
  }

  /** Takes a port, with `evenAndNext` also the one above it; `undefined` when none is free. */
  take(wish: PortWish['kind']): number | undefined {
    const { length } = this.taken;
    const start = this.randomness.nextUint32() % length;
    for (let step = 0; step < length && this.free > 0; step += 1) {
      const index = (start + step) % length;
      const port = this.range.first + index;
      if (this.taken[index] === 1 || (wish !== 'any' && port % 2 === 1)) continue;
      if (wish === 'evenAndNext' && (index + 1 === length || this.taken[index + 1] === 1)) continue;
      this.mark(port, 1);
      if (wish === 'evenAndNext') this.mark(port + 1, 1);
      return port;
    }
    return undefined;
  }

  giveBack(port: number): void {
    this.mark(port, 0);
  }

  private mark(port: number, value: 0 | 1): void {
    const index = port - this.range.first;
    if (this.taken[index] === value) return;
    this.taken[index] = value;
    this.free += value === 1 ? -1 : 1;
  }
}
