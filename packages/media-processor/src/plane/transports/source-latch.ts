import type { Instant } from '@dialplane/sansio';
import { sameTransportAddress, type TransportAddress, transportAddress } from '@dialplane/stun';

/** So long nothing comes from where sound came from, before it may come from elsewhere. */
const silenceMs = 3_000;
/** A second packet proves the first when its number is at most so far ahead (RFC 3550 A.1 asks for the next one; some are lost). */
const mostAhead = 16;

interface Candidate {
  readonly source: TransportAddress;
  readonly ssrc: number;
  readonly sequenceNumber: number;
}

/**
 * open ──proof, or a packet from where the description says──▶ latched; a description that says another place opens it again, and the former source is taken meanwhile.
 */
type LatchState =
  | { readonly kind: 'open'; readonly since: Instant; readonly former: TransportAddress | undefined; readonly candidate: Candidate | undefined }
  | { readonly kind: 'latched'; readonly source: TransportAddress; readonly candidate: Candidate | undefined };

/**
 * Whom a telephone's packets are taken from, and where it is sent to: symmetric RTP (RFC 4961) for carriers behind NATs, whose descriptions name addresses that nobody reaches (RFC 7362). The first who
 * speaks plausibly is latched on to. From then on nobody else is heard, but who is where the description says; and after silence, or another description, who proves to be the same or the new one.
 */
export class SourceLatch {
  /** Of the last packet that was taken. */
  heardAt: Instant | undefined;
  private described: TransportAddress | undefined;
  private state: LatchState;
  private ssrc = 0;

  constructor(now: Instant) {
    this.state = { kind: 'open', since: now, former: undefined, candidate: undefined };
  }

  /** Where the other side says it is. */
  get description(): TransportAddress | undefined {
    return this.described;
  }

  /** Where to send: there, until packets have come from somewhere else. */
  get remote(): TransportAddress | undefined {
    return this.state.kind === 'latched' ? this.state.source : this.described;
  }

  /** Another description; `undefined` where it says nowhere. One that says the same changes nothing. */
  describe(address: TransportAddress | undefined, now: Instant): void {
    const { described, state } = this;
    if (address !== undefined && described !== undefined && sameTransportAddress(address, described)) return;
    this.described = address;
    this.state = { kind: 'open', since: now, former: state.kind === 'latched' ? state.source : state.former, candidate: undefined };
  }

  /** What to do with a packet from `source`: take it, take it once it is proven ({@link prove}), or drop it. Allocates nothing. */
  admits(source: TransportAddress, now: Instant): 'take' | 'prove' | 'drop' {
    const { state, described } = this;
    if (described !== undefined && sameTransportAddress(described, source)) return 'take';
    const known = state.kind === 'latched' ? state.source : state.former;
    if (known !== undefined && sameTransportAddress(known, source)) return 'take';
    if (described === undefined) return 'drop';
    if (state.kind === 'open') return 'prove';
    return this.heardAt === undefined || now - this.heardAt >= silenceMs ? 'prove' : 'drop';
  }

  /** A packet from who is not known yet and could be the one: two in a row are proof, after silence with the SSRC that there was. @returns whether it is latched on to. */
  prove(source: TransportAddress, ssrc: number, sequenceNumber: number, now: Instant): boolean {
    const { state } = this;
    if (state.kind === 'latched' && ssrc !== this.ssrc) return false;
    const { candidate } = state;
    const ahead = candidate === undefined ? 0 : (sequenceNumber - candidate.sequenceNumber) & 0xffff;
    if (candidate?.ssrc === ssrc && ahead >= 1 && ahead <= mostAhead && sameTransportAddress(candidate.source, source)) {
      this.note(source, ssrc, now);
      return true;
    }
    this.state = { ...state, candidate: { source: transportAddress(source, source.port), ssrc, sequenceNumber } };
    return false;
  }

  /** The other side has proven by a check that it is there, and wants packets there (ICE). @returns whether that changes where to send. */
  nominate(source: TransportAddress): boolean {
    const { state } = this;
    if (state.kind === 'latched' && sameTransportAddress(state.source, source)) return false;
    this.state = { kind: 'latched', source: transportAddress(source, source.port), candidate: undefined };
    return true;
  }

  /** A packet was taken: it is authentic, or from a source that is taken as it is. @returns whether that changes where to send. */
  note(source: TransportAddress, ssrc: number, now: Instant): boolean {
    const { state } = this;
    this.heardAt = now;
    this.ssrc = ssrc;
    if (state.kind === 'latched' && sameTransportAddress(state.source, source)) return false;
    // Who moved may still send from where it was.
    const isLeaving = state.kind === 'open' && state.former !== undefined && sameTransportAddress(state.former, source) && now - state.since < silenceMs;
    if (isLeaving) return false;
    this.state = { kind: 'latched', source: transportAddress(source, source.port), candidate: undefined };
    return true;
  }
}
