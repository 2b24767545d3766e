import { type Instant, invariant } from '@dialplane/sansio';
import { encodeUtf8, equalInConstantTime } from '@dialplane/stun';
import type { SipCrypto } from './sip-crypto.ts';

export interface DigestNonceOptions {
  readonly crypto: SipCrypto;
  /** At least 16 secret random bytes; with a new secret all older nonces are stale. */
  readonly secret: Uint8Array;
  /** How long a nonce is good. Default 300. */
  readonly lifetimeSeconds?: number;
  /** How many nonces are remembered with their counts, at most. Default 65,536. */
  readonly remembered?: number;
}

/** `stale`: it was a nonce of ours, or may have been, and the client should try again with a new one. */
export type NonceVerdict = 'good' | 'stale';

/** Counts that were used with a nonce: the highest, and which of the 32 below and with it. */
interface UsedCounts {
  readonly highest: number;
  readonly below: number;
}

const timeLength = 8;
const macLength = 24;
/** Nonces that are recognized without an HMAC, because they were given out a moment ago: most come back at once. */
const mostRecent = 1024;

/**
 * Nonces that a server recognizes without remembering them: the time of issue and an HMAC over it. Remembered are, beside the latest thousand, only those that somebody has used with a right password, with
 * the nonce counts seen (RFC 7616 §3.3, §5.12), so that nothing a stranger does takes memory and no captured request is good twice. When too many are remembered the
 * oldest is given up, and with it all unused ones that are not younger: they are stale.
 */
export class DigestNonces {
  private readonly options: DigestNonceOptions;
  private readonly used = new Map<string, UsedCounts>();
  private readonly recent = new Set<string>();
  private issued = 0;
  /** Nonces issued at or before this second are good only while they are remembered. */
  private givenUpUntil = -1;

  constructor(options: DigestNonceOptions) {
    invariant(options.secret.length >= 16, 'a nonce secret has at least 16 bytes');
    this.options = options;
  }

  /** How many nonces are remembered. */
  get size(): number {
    return this.used.size;
  }

  /** A nonce that nobody else has: 40 hexadecimal digits, 8 of the time in seconds, 8 of its number, 24 of the HMAC. */
  issue(now: Instant): string {
    this.issued += 1;
    const nonce = this.sign(hexadecimal(Math.floor(now / 1000)) + hexadecimal(this.issued));
    if (this.recent.size >= mostRecent) this.recent.clear();
    this.recent.add(nonce);
    return nonce;
  }

  /** Whether the nonce is ours and young. */
  isValid(nonce: string, now: Instant): boolean {
    if (nonce.length !== 2 * timeLength + macLength) return false;
    if (!this.recent.has(nonce) && !equalInConstantTime(encodeUtf8(nonce), encodeUtf8(this.sign(nonce.slice(0, 2 * timeLength))))) return false;
    const age = Math.floor(now / 1000) - issuedAt(nonce);
    if (age < 0 || age >= this.lifetimeSeconds) return false;
    return issuedAt(nonce) > this.givenUpUntil || this.used.has(nonce);
  }

  /**
   * Takes a nonce count from a request with the right password, whose nonce {@link isValid}. A count is good once, in any order within the last 32.
   */
  use(nonce: string, count: number, now: Instant): NonceVerdict {
    const next = withCount(this.used.get(nonce), count);
    if (next === undefined) return 'stale';
    this.used.set(nonce, next);
    this.forget(now);
    return 'good';
  }

  private get lifetimeSeconds(): number {
    return this.options.lifetimeSeconds ?? 300;
  }

  /** Nonces are remembered in the order of their first use; those that are too old, or too many, are given up from the front. */
  private forget(now: Instant): void {
    const limit = this.options.remembered ?? 65_536;
    for (const nonce of this.used.keys()) {
      const isOld = Math.floor(now / 1000) - issuedAt(nonce) >= this.lifetimeSeconds;
      if (!isOld && this.used.size <= limit) return;
      if (!isOld) this.givenUpUntil = Math.max(this.givenUpUntil, issuedAt(nonce));
      this.used.delete(nonce);
    }
  }

  private sign(body: string): string {
    return body + this.options.crypto.hmacSha256(this.options.secret, body).slice(0, macLength);
  }
}

function withCount(used: UsedCounts | undefined, count: number): UsedCounts | undefined {
  if (used === undefined) return { highest: count, below: 1 };
  const ahead = count - used.highest;
  if (ahead > 0) return { highest: count, below: ahead >= 32 ? 1 : (used.below << ahead) | 1 };
  const bit = -ahead >= 32 ? 0 : 1 << -ahead;
  return bit === 0 || (used.below & bit) !== 0 ? undefined : { highest: used.highest, below: used.below | bit };
}

function issuedAt(nonce: string): number {
  return Number.parseInt(nonce.slice(0, timeLength), 16);
}

function hexadecimal(number: number): string {
  return (number >>> 0).toString(16).padStart(timeLength, '0');
}
