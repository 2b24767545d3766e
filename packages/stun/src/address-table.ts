import type { IpAddress } from './transport-address.ts';

/** Integers per key: scope, four words of address, family and port. */
const stride = 6;

/**
 * A hash table from (scope, address, port) to a value, whose lookup allocates nothing: what a relay or a media process asks for every packet.
 * Open addressing over one `Int32Array`, at most two thirds full, seeded so that peers cannot aim at one bucket.
 *
 * `scope` is any 32-bit integer of the owner (a socket, a relay); `port` is 0 where only addresses are compared.
 */
export class AddressTable<Value> {
  private readonly seed: number;
  private keys: Int32Array;
  private values: Array<Value | undefined>;
  private mask: number;
  private count = 0;

  constructor(seed: number, capacity = 16) {
    this.seed = seed | 0;
    const size = 2 ** Math.ceil(Math.log2(Math.max(8, capacity)));
    this.keys = new Int32Array(size * stride);
    this.values = Array.from({ length: size });
    this.mask = size - 1;
  }

  get size(): number {
    return this.count;
  }

  get(scope: number, ip: IpAddress, port: number): Value | undefined {
    return this.values[this.slotOf(scope, ip, port)];
  }

  set(scope: number, ip: IpAddress, port: number, value: Value): void {
    if ((this.count + 1) * 3 > (this.mask + 1) * 2) this.grow();
    const slot = this.slotOf(scope, ip, port);
    if (this.values[slot] === undefined) {
      this.count += 1;
      const at = slot * stride;
      this.keys[at] = scope;
      this.keys[at + 1] = ip.w0;
      this.keys[at + 2] = ip.w1;
      this.keys[at + 3] = ip.w2;
      this.keys[at + 4] = ip.w3;
      this.keys[at + 5] = (ip.family << 16) | port;
    }
    this.values[slot] = value;
  }

  /** Removes a key; harmless when it is not there. */
  delete(scope: number, ip: IpAddress, port: number): void {
    let hole = this.slotOf(scope, ip, port);
    if (this.values[hole] === undefined) return;
    this.count -= 1;
    // Moves later entries of the same run into the hole, so that lookups never meet a gap before their key.
    for (let next = (hole + 1) & this.mask; this.values[next] !== undefined; next = (next + 1) & this.mask) {
      const home = this.hashAt(this.keys, next * stride) & this.mask;
      if (((next - home) & this.mask) < ((next - hole) & this.mask)) continue;
      this.keys.copyWithin(hole * stride, next * stride, next * stride + stride);
      this.values[hole] = this.values[next];
      hole = next;
    }
    this.values[hole] = undefined;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  private slotOf(scope: number, ip: IpAddress, port: number): number {
    const last = (ip.family << 16) | port;
    let slot = this.hash(scope | 0, ip.w0, ip.w1, ip.w2, ip.w3, last) & this.mask;
    for (;;) {
      if (this.values[slot] === undefined) return slot;
      const at = slot * stride;
      const { keys } = this;
      if (
        keys[at + 1] === ip.w0 &&
        keys[at + 5] === last &&
        keys[at] === (scope | 0) &&
        keys[at + 2] === ip.w1 &&
        keys[at + 3] === ip.w2 &&
        keys[at + 4] === ip.w3
      ) {
        return slot;
      }
      slot = (slot + 1) & this.mask;
    }
  }

  private grow(): void {
    const { keys, values } = this;
    const size = (this.mask + 1) * 2;
    this.keys = new Int32Array(size * stride);
    this.values = Array.from({ length: size });
    this.mask = size - 1;
    for (const [index, value] of values.entries()) {
      if (value === undefined) continue;
      let slot = this.hashAt(keys, index * stride) & this.mask;
      while (this.values[slot] !== undefined) slot = (slot + 1) & this.mask;
      this.keys.set(keys.subarray(index * stride, index * stride + stride), slot * stride);
      this.values[slot] = value;
    }
  }

  private hashAt(keys: Int32Array, at: number): number {
    return this.hash(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0, keys[at + 4] ?? 0, keys[at + 5] ?? 0);
  }

  private hash(scope: number, w0: number, w1: number, w2: number, w3: number, last: number): number {
    let hash = mix(mix(mix(this.seed, scope), w0), last);
    if (last >>> 16 === 6) hash = mix(mix(mix(hash, w1), w2), w3);
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x21f0aaad);
    return hash ^ (hash >>> 15);
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const turned = hash ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}
