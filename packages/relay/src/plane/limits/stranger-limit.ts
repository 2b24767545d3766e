import type { Instant } from '@dialplane/sansio';
import type { IpAddress } from '@dialplane/stun';
import type { StrangerPolicy } from '@dialplane/turn';

const cells = 4096;

/**
 * How many answers strangers get: so many per second and network, an IPv4 address or an IPv6 /64. Kept in a table of fixed size, two cells a network (a count-min
 * sketch), whose seed nobody knows: networks that share both cells share the limit, and no number of forged addresses makes it grow.
 */
export class StrangerLimit implements StrangerPolicy {
  private readonly perSecond: number;
  private readonly seed: number;
  private readonly counts = new Uint32Array(cells * 2);
  private second = -1;

  constructor(perSecond: number, seed: number) {
    this.perSecond = perSecond;
    this.seed = seed;
  }

  permits(stranger: IpAddress, now: Instant): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.counts.fill(0);
      this.second = second;
    }
    const hash = mix(mix(mix(this.seed, stranger.family), stranger.w0), stranger.family === 6 ? stranger.w1 : 0);
    const first = hash & (cells - 1);
    const other = cells + ((hash >>> 16) & (cells - 1));
    const [a = 0, b = 0] = [this.counts[first], this.counts[other]];
    if (Math.min(a, b) >= this.perSecond) return false;
    this.counts[first] = a + 1;
    this.counts[other] = b + 1;
    return true;
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x21f0aaad);
  const turned = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (turned ^ (turned >>> 15)) | 0;
}
