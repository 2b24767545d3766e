import type { Clock } from '../clock.ts';

/** A token bucket: `burst` requests (or bytes) at once, refilled by `perSecond`. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets by key (a user, an address). At most `capacity` keys are held; beyond that the one longest unused is
 * forgotten, which gives it a full bucket again and costs an attacker more addresses than it gains.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  private readonly limit: RateLimit;
  private readonly clock: Clock;
  private readonly capacity: number;

  constructor(limit: RateLimit, clock: Clock, capacity = 100_000) {
    this.limit = limit;
    this.clock = clock;
    this.capacity = capacity;
  }

  /** Takes `count` tokens of `key`, one or at most a full bucket. Returns 0 when they were there, else the whole seconds until they are. */
  take(key: string, count = 1): number {
    const now = this.clock.now();
    const { perSecond, burst } = this.limit;
    const before = this.buckets.get(key);
    const tokens = before === undefined ? burst : Math.min(burst, before.tokens + ((now - before.at) / 1000) * perSecond);
    this.buckets.delete(key);
    const price = Math.min(count, burst);
    const isGranted = tokens >= price;
    this.buckets.set(key, { tokens: isGranted ? tokens - price : tokens, at: now });
    if (this.buckets.size > this.capacity) this.forgetOldest();
    return isGranted ? 0 : Math.max(1, Math.ceil((price - tokens) / perSecond));
  }

  private forgetOldest(): void {
    for (const key of this.buckets.keys()) {
      this.buckets.delete(key);
      return;
    }
  }
}

/** The key of a remote address: an IPv6 address counts with its /64, which one customer has as a whole. */
export function addressKey(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
