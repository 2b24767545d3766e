import type { IceCandidate } from '@dialplane/calling-api';
import type { CandidateFacts } from './path-verdict.ts';

/** What the other side has told of its candidates, in its descriptions and trickled; starts over where it restarts ICE. */
export class RemoteCandidates {
  private readonly clock: { now(): number };
  private fragment: string | undefined;
  private told: Omit<CandidateFacts, 'expectsRelay'> = nothing;

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  get facts(): Omit<CandidateFacts, 'expectsRelay'> {
    return this.told;
  }

  /** Its description `sdp` is in force. */
  described(sdp: string): void {
    const [, fragment] = /^a=ice-ufrag:(\S+)/m.exec(sdp) ?? [];
    this.generation(fragment);
    for (const [, candidate = ''] of sdp.matchAll(/^a=(candidate:.*)$/gm)) this.take(candidate);
    // A lite agent has no more than the candidates it describes itself with (RFC 8445 §5.2).
    if (/^a=(?:end-of-candidates|ice-lite)/m.test(sdp)) this.take('');
  }

  add(candidates: readonly IceCandidate[]): void {
    for (const { candidate, usernameFragment } of candidates) {
      this.generation(usernameFragment ?? undefined);
      this.take(candidate);
    }
  }

  /** Candidates may be ahead of the description they belong to. */
  private generation(fragment: string | undefined): void {
    if (fragment === undefined) return;
    if (this.fragment !== undefined && fragment !== this.fragment) this.told = nothing;
    this.fragment = fragment;
  }

  /** An empty candidate is the end (RFC 8838 §8.2). */
  private take(candidate: string): void {
    if (candidate === '') this.told = { ...this.told, endedAt: this.told.endedAt ?? this.clock.now() };
    else this.told = { ...this.told, hasAny: true, hasRelay: this.told.hasRelay || / typ relay\b/.test(candidate) };
  }
}

const nothing = { hasAny: false, hasRelay: false, endedAt: undefined } as const;
