import type { SdpFault } from '../sdp-fault.ts';
import type { Direction, MediaLine, OfferedCodec } from '../session-offer.ts';
import { type AgreedTrunk, answerTrunk, type OfferedTrunk, readTrunkAnswer, type TrunkAgreement, type TrunkDisagreement, type TrunkPolicy, type TrunkSecurity } from './agree-trunk.ts';
import { usualPacketMs } from './packet-length.ts';
import { parseTrunkDescription } from './parse-trunk-description.ts';
import { type SdesKey, type SdesSuite, sdesSuiteNames } from './sdes-keys.ts';
import { offeredTrunkCodecs } from './trunk-codecs.ts';
import type { TrunkAddress, TrunkDescription, TrunkIce } from './trunk-description.ts';
import { writeTrunkDescription, type WrittenTrunkSection } from './write-trunk-description.ts';

export interface TrunkNegotiationOptions {
  readonly policy: TrunkPolicy;
  /** How our offers secure what they may secure. */
  readonly keying: 'sdes' | 'dtls';
  /** Of our `o=` lines, decimal; of a session of our own. */
  readonly sessionId: string;
  /** The last description of the session by who had it before, whose order of sections, payload types, id and version are taken over. */
  readonly continues?: string;
  /** Where we are: the port of RTP, which is even; that of RTCP is the next. */
  readonly rtp: TrunkAddress;
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** Makes random key and salt for a suite, as Base64. */
  readonly drawKey: (suite: SdesSuite) => string;
  /** Makes random credentials for ICE: 24 and 128 bits at least (RFC 8445 §5.3). */
  readonly drawIce: () => TrunkIce;
}

export type TrunkNegotiated = { readonly kind: 'agreed'; readonly trunk: AgreedTrunk; /** Ours, where theirs was an offer. */ readonly answer?: string } | TrunkDisagreement | SdpFault;

/**
 * Offer/answer of one session with a carrier or a SIP phone, either side offering (RFC 3264 §8). What is refused leaves everything as it was.
 *
 * ```ts
 * const offer = negotiation.offer('sendrecv');
 * const negotiated = negotiation.takeAnswer(sdp);
 * ```
 */
export class TrunkNegotiation {
  private readonly options: TrunkNegotiationOptions;
  private agreed: AgreedTrunk | undefined;
  /** Sections of the session as its last offer had them. */
  private lines: readonly MediaLine[] = [];
  private offered: OfferedTrunk | undefined;
  /** What we would like, from the last offer of ours on. */
  private direction: Direction = 'sendrecv';
  private readonly sessionId: string;
  private version = 0;
  private written = '';
  /** Of a session that is taken over: where its section for sound is, and what payload types have meant. */
  private readonly taken: { readonly index: number; readonly codecs: readonly OfferedCodec[] } = { index: 0, codecs: [] };

  constructor(options: TrunkNegotiationOptions) {
    this.options = options;
    const before = options.continues === undefined ? undefined : parseTrunkDescription(options.continues);
    const index = before?.ok === true ? before.description.sections.findIndex(({ kind }) => kind === 'audio') : -1;
    const section = before?.ok === true ? before.description.sections[index] : undefined;
    this.sessionId = options.sessionId;
    if (before?.ok !== true || section?.kind !== 'audio') return;
    this.sessionId = before.description.sessionId;
    this.version = Number(before.description.sessionVersion);
    this.lines = before.description.sections.map(lineOf);
    this.taken = { index, codecs: section.codecs };
  }

  /** Writes an offer: the first of the session, or one that changes the direction or nothing. */
  offer(direction: Direction): string {
    this.direction = direction;
    const { agreed, lines } = this;
    const { policy } = this.options;
    const index = agreed?.index ?? this.taken.index;
    const codecs = offeredTrunkCodecs(policy, [...(agreed?.receive ?? []), ...(this.offered?.codecs ?? []), ...this.taken.codecs]);
    const security = agreed === undefined ? this.offeredSecurity() : this.keptSecurity(agreed.security, lines[index]?.protocol ?? 'RTP/AVP');
    const ice = agreed === undefined ? this.offeredIce() : agreed.ice?.local;
    this.offered = { index, direction, codecs, keys: security.keys, profile: security.profile, ...(ice !== undefined && { ice }) };
    const section: WrittenTrunkSection = {
      protocol: security.protocol, mid: lines[index]?.mid, direction, codecs, packetMs: this.packetMs, rtcp: 'muxedIfAnswered', keys: security.keys, ...(ice !== undefined && { ice }),
      ...(security.profile === 'dtls' && { dtls: { fingerprint: this.options.fingerprint, setup: 'actpass' } }),
    };
    return this.write(lines.length === 0 ? [section] : lines.map((line, at) => (at === index ? section : line)));
  }

  /** Takes the answer to our last offer. */
  takeAnswer(sdp: string): TrunkNegotiated {
    const parsed = parseTrunkDescription(sdp);
    if (!parsed.ok) return parsed;
    if (this.offered === undefined) return { kind: 'disagreed', reason: 'noSound', sentence: 'There is an answer, but no offer that it could answer.' };
    const agreement = readTrunkAnswer(parsed.description, this.offered, this.options.policy);
    return this.settle(agreement, parsed.description);
  }

  /** Answers an offer of the other side. */
  takeOffer(sdp: string): TrunkNegotiated {
    const parsed = parseTrunkDescription(sdp);
    if (!parsed.ok) return parsed;
    const { policy, drawKey, drawIce } = this.options;
    const agreement = answerTrunk(parsed.description, { policy, direction: this.direction, previous: this.agreed, drawKey, drawIce });
    const negotiated = this.settle(agreement, parsed.description);
    if (negotiated.kind !== 'agreed') return negotiated;
    this.offered = undefined;
    return { ...negotiated, answer: this.writeAnswer(parsed.description, negotiated.trunk) };
  }

  private get packetMs(): number {
    return this.options.policy.packetMs ?? usualPacketMs;
  }

  private settle(agreement: TrunkAgreement, { sections }: TrunkDescription): Exclude<TrunkNegotiated, SdpFault> {
    if (agreement.kind !== 'agreed') return agreement;
    this.agreed = agreement.trunk;
    this.lines = sections.map(lineOf);
    return agreement;
  }

  private writeAnswer({ sections }: TrunkDescription, { index, direction, receive, security, remote, ice }: AgreedTrunk): string {
    return this.write(sections.map((section, at) => {
      if (at !== index) return lineOf(section);
      return {
        protocol: section.protocol, mid: section.mid, direction, codecs: receive, packetMs: this.packetMs,
        rtcp: remote.rtcp === 'muxed' ? 'muxed' : 'apart',
        keys: security.kind === 'sdes' ? [security.local] : [],
        ...(ice !== undefined && { ice: ice.local }),
        ...(security.kind === 'dtls' && { dtls: { fingerprint: this.options.fingerprint, setup: security.role === 'client' ? 'active' : 'passive' } }),
      } satisfies WrittenTrunkSection;
    }));
  }

  /** Of a first offer. */
  private offeredSecurity(): { readonly protocol: string; readonly profile: OfferedTrunk['profile']; readonly keys: readonly SdesKey[] } {
    const { policy, keying, drawKey } = this.options;
    if (policy.srtp === 'forbidden') return { protocol: 'RTP/AVP', profile: 'plain', keys: [] };
    if (keying === 'dtls') return { protocol: 'UDP/TLS/RTP/SAVP', profile: 'dtls', keys: [] };
    const keys = this.offered?.keys.length ? this.offered.keys : sdesSuiteNames.map((suite, at) => ({ tag: at + 1, suite, keyAndSalt: drawKey(suite) }));
    return policy.srtp === 'required' ? { protocol: 'RTP/SAVP', profile: 'sdes', keys } : { protocol: 'RTP/AVP', profile: 'plain', keys };
  }

  /** Of a first offer; one that is repeated has the same. */
  private offeredIce(): TrunkIce | undefined {
    const { policy, drawIce } = this.options;
    return policy.ice === 'offered' ? (this.offered?.ice ?? drawIce()) : undefined;
  }

  /** A session goes on with the keys that it has. */
  private keptSecurity(security: TrunkSecurity, protocol: string): { readonly protocol: string; readonly profile: OfferedTrunk['profile']; readonly keys: readonly SdesKey[] } {
    if (security.kind === 'dtls') return { protocol, profile: 'dtls', keys: [] };
    if (security.kind === 'none') return { protocol, profile: 'plain', keys: [] };
    return { protocol, profile: protocol.startsWith('RTP/SAVP') ? 'sdes' : 'plain', keys: [security.local] };
  }

  /** What says the same as the last one, has its version, too (RFC 3264 §8). */
  private write(sections: ReadonlyArray<WrittenTrunkSection | MediaLine>): string {
    const { sessionId } = this;
    const { rtp } = this.options;
    const unchanged = writeTrunkDescription({ sessionId, sessionVersion: this.version, rtp, sections });
    if (unchanged === this.written) return unchanged;
    this.version += 1;
    this.written = writeTrunkDescription({ sessionId, sessionVersion: this.version, rtp, sections });
    return this.written;
  }
}

function lineOf({ media, protocol, formats, mid }: MediaLine): MediaLine {
  return { media, protocol, formats, mid };
}
