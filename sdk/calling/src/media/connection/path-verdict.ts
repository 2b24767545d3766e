/** What is known of the candidates of both sides while a path is sought. Times are of one monotonic clock, in ms. */
export interface PathFacts {
  /** Since when both sides have answered each other, and checks may run. */
  readonly since: number;
  readonly local: CandidateFacts;
  readonly remote: CandidateFacts;
  /** What ICE has found: no pair that works so far, one that does, or that every pair has failed (RFC 8445 §6.1.4.2). */
  readonly pairs: 'tried' | 'found' | 'failed';
}

export interface CandidateFacts {
  readonly hasAny: boolean;
  readonly hasRelay: boolean;
  /** A relay may still give one. */
  readonly expectsRelay: boolean;
  /** When the end of the candidates was told (RFC 8838 §8.2); undefined while more may come. */
  readonly endedAt: number | undefined;
}

/** Checks that are answered at all are answered within seconds: this is several round trips of the slowest satellite link. */
const directPatienceMs = 5000;
/** The same with a relay in the path, which makes permissions first, maybe over TCP and TLS. */
const relayedPatienceMs = 12_000;
/** A side without a single candidate may still be reached by a check of the other's (a peer-reflexive candidate). */
const emptyPatienceMs = 1500;
/** Gathering that waits for a STUN server which will never answer takes browsers 10 s and more. */
const gatheringPatienceMs = 10_000;

/**
 * When this session can be given up for lack of any path, on the clock of the facts; undefined while a path may still come up.
 * Sooner than ICE itself, which goes on for half a minute (RFC 8445 §14.3) without a way to say that nothing is left to try.
 */
export function noPathAt({ since, local, remote, pairs }: PathFacts): number | undefined {
  if (pairs === 'found') return undefined;
  const mayRelay = [local, remote].some(({ hasRelay, expectsRelay, endedAt }) => hasRelay || (expectsRelay && endedAt === undefined));
  if (local.endedAt !== undefined && remote.endedAt !== undefined) {
    const ended = Math.max(since, local.endedAt, remote.endedAt);
    if (pairs === 'failed' && !mayRelay) return ended;
    if (!local.hasAny || !remote.hasAny) return ended + emptyPatienceMs;
    return ended + (mayRelay ? relayedPatienceMs : directPatienceMs);
  }
  return mayRelay ? undefined : since + gatheringPatienceMs;
}
