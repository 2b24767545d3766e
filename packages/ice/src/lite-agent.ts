import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { sameTransportAddress, shortTermKey, type TransportAddress, transportAddress } from '@dialplane/stun';
import type { IceCredentials } from './ice-credentials.ts';

/** RFC 7675 §5.1: consent is over this long after the last packet that proves who sent it. */
const consentMs = 30_000;
/** Browsers check a pair in use at least every six seconds. */
const quietMs = 8_000;
/** A pair nominated this shortly before keeps what a check with a lower priority nominates next. */
const aggressiveMs = 1_000;
/** Validated addresses of one agent; a further one takes the place of that which was silent longest. */
const mostPairs = 16;

/** A candidate pair on which a check has succeeded (RFC 8445 §6.1.2): from a socket of ours to an address of the peer, as it is seen here. */
export interface ValidPair {
  readonly socket: number;
  readonly remote: TransportAddress;
}

/**
 * What an agent knows of the way to its peer.
 *
 * ```
 * waiting ──check──▶ connected ──8 s of silence──▶ interrupted ──30 s──▶ expired
 *    └───────────────────▲──────authenticated───────────┘ │
 *    └──30 s without a check──────────────────────────────┴──────────────▶ expired
 * ```
 * `selected` is where to send: the nominated pair, before a nomination the one that was checked last (RFC 8445 §12.1).
 */
export type IceState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'connected' | 'interrupted'; readonly selected: ValidPair }
  /** Nothing may be sent any more (RFC 7675 §5.1). */
  | { readonly kind: 'expired' };

/** A pair, and what its checks said. */
interface CheckedPair extends ValidPair {
  /** That of the peer's candidate (RFC 8445 §7.1.1); the greatest it was checked with. */
  priority: number;
  /** Undefined until it is nominated. */
  nominatedAt: Instant | undefined;
  heardAt: Instant;
  generation: number;
}

/** What a check that is authentic says about its pair. */
export interface AuthenticCheck extends ValidPair {
  readonly priority: number;
  readonly nominates: boolean;
  /** Of the credentials it was authenticated with. */
  readonly generation: number;
}

/**
 * The lite agent (RFC 8445 §2.5) of one transport: it sends no checks, its role is controlled, and the peer nominates. It learns the peer's addresses from checks
 * alone (§7.3.1.3), since only those prove that somebody who knows the password is there; candidates that signaling told are of no use to it.
 *
 * Of several nominated pairs the newest is selected, as the peer changes its mind so; where nominations come in one burst (aggressive nomination, RFC 5245
 * §8.1.1.2), the one with the highest priority.
 */
export class LiteAgent<Owner> {
  readonly owner: Owner;
  private current: IceState = { kind: 'waiting' };
  private readonly pairs: CheckedPair[] = [];
  private selected: CheckedPair | undefined;
  private heardAt: Instant;
  private generation = 0;
  private credentials: Array<{ readonly usernameFragment: string; readonly key: Uint8Array; readonly generation: number }> = [];

  /** @param now when it was made: without a check it expires, too. */
  constructor(owner: Owner, now: Instant) {
    this.owner = owner;
    this.heardAt = now;
  }

  get state(): IceState {
    return this.current;
  }

  /** Every address that has been validated, for whoever keeps a table of them. */
  get validPairs(): readonly ValidPair[] {
    return this.pairs;
  }

  /** Fragments by which checks for it are known, newest last. */
  get usernameFragments(): readonly string[] {
    return this.credentials.map(({ usernameFragment }) => usernameFragment);
  }

  /**
   * Takes new credentials; with earlier ones this is a restart (RFC 8445 §9): those stay valid, and the selected pair in use, until the first check with the new ones.
   * @returns whether they are usable: a password must be an OpaqueString.
   */
  addCredentials({ usernameFragment, password }: IceCredentials): boolean {
    const key = shortTermKey(password);
    if (key === undefined) return false;
    this.generation += 1;
    this.credentials = [...this.credentials.slice(-1), { usernameFragment, key, generation: this.generation }];
    return true;
  }

  credentialsOf(usernameFragment: string): { readonly key: Uint8Array; readonly generation: number } | undefined {
    return this.credentials.find((known) => known.usernameFragment === usernameFragment);
  }

  /** Takes an authentic check. @returns the pair that was forgotten to make room, if any. */
  handleCheck(check: AuthenticCheck, now: Instant): ValidPair | undefined {
    if (this.current.kind === 'expired') return undefined;
    this.heardAt = now;
    if (check.generation === this.generation) this.credentials = this.credentials.slice(-1);
    const known = this.pairs.find((pair) => pair.socket === check.socket && sameTransportAddress(pair.remote, check.remote));
    const forgotten = known === undefined && this.pairs.length === mostPairs ? this.forgetSilent() : undefined;
    const pair = known ?? { socket: check.socket, remote: transportAddress(check.remote, check.remote.port), priority: 0, nominatedAt: undefined, heardAt: now, generation: 0 };
    if (known === undefined) this.pairs.push(pair);
    if (pair.generation !== check.generation) pair.nominatedAt = undefined;
    pair.generation = check.generation;
    pair.heardAt = now;
    pair.priority = Math.max(pair.priority, check.priority);
    if (this.shouldSelect(pair, check.nominates, now)) this.selected = pair;
    if (check.nominates) pair.nominatedAt = now;
    this.settle();
    return forgotten;
  }

  /** A packet came that proves who sent it, as SRTP does. */
  handleAuthenticated(now: Instant): void {
    this.heardAt = now;
    if (this.current.kind === 'interrupted') this.settle();
  }

  /** When `handleTimeout` next has work; `undefined` once expired. */
  pollTimeout(): Instant | undefined {
    if (this.current.kind === 'expired') return undefined;
    return addMilliseconds(this.heardAt, this.current.kind === 'connected' ? quietMs : consentMs);
  }

  handleTimeout(now: Instant): void {
    const silentMs = now - this.heardAt;
    if (silentMs >= consentMs) this.current = { kind: 'expired' };
    else if (silentMs >= quietMs && this.current.kind === 'connected') this.current = { kind: 'interrupted', selected: this.current.selected };
  }

  private shouldSelect(pair: CheckedPair, nominates: boolean, now: Instant): boolean {
    const { selected } = this;
    if (selected === undefined || pair === selected) return true;
    // After a restart the pair in use stays until the peer nominates another.
    if (!nominates) return selected.nominatedAt === undefined && pair.generation >= selected.generation;
    if (selected.nominatedAt === undefined || pair.generation > selected.generation) return true;
    if (pair.nominatedAt !== undefined && pair.nominatedAt > selected.nominatedAt) return true;
    return pair.priority >= selected.priority || now - selected.nominatedAt >= aggressiveMs;
  }

  private settle(): void {
    const { selected } = this;
    if (selected === undefined) return;
    if (this.current.kind === 'connected' && this.current.selected === selected) return;
    this.current = { kind: 'connected', selected };
  }

  private forgetSilent(): ValidPair | undefined {
    const oldest = this.pairs.filter((pair) => pair !== this.selected).toSorted((a, b) => a.heardAt - b.heardAt)[0];
    if (oldest !== undefined) this.pairs.splice(this.pairs.indexOf(oldest), 1);
    return oldest;
  }
}
