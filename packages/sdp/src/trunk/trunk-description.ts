import type { Direction, MediaLine, OfferedCodec } from '../session-offer.ts';
import type { SdesKey } from './sdes-keys.ts';

/** What a carrier or a SIP phone describes of itself, as far as sound goes: an offer or an answer (RFC 3264). */
export interface TrunkDescription {
  /** Of `o=` (RFC 8866 §5.2); decimal. */
  readonly sessionId: string;
  readonly sessionVersion: string;
  /** In the order of the m= sections, which never changes (RFC 3264 §8). */
  readonly sections: readonly TrunkSection[];
}

/** An m= section that is stopped (port 0), of another kind (pictures, T.38, chat), or not to be understood. */
export interface UnusableTrunkSection extends MediaLine {
  readonly kind: 'unusable';
}

export interface TrunkAudioSection extends MediaLine {
  readonly kind: 'audio';
  /** Where it wants RTP: an IP address and a port. */
  readonly rtp: TrunkAddress;
  /** Where it wants RTCP: `muxed` on the port of RTP (RFC 5761), else as `a=rtcp` says (RFC 3605), else one port above. */
  readonly rtcp: 'muxed' | TrunkAddress;
  /** Its own; an address of zeros, the hold of RFC 2543, counts as not receiving (RFC 3264 §8.4). */
  readonly direction: Direction;
  /** In its order of preference, `telephone-event` and `CN` among them. */
  readonly codecs: readonly OfferedCodec[];
  /** Milliseconds of sound in a packet that it would like, and takes at most (RFC 8866 §6.4, §6.5); absent where it does not say. */
  readonly ptime?: number;
  readonly maxptime?: number;
  /** What its m= line says of security: `plain` may come with keys all the same, which is SRTP at its best effort. */
  readonly profile: 'plain' | 'sdes' | 'dtls';
  /** Those that can be used here, in its order. */
  readonly keys: readonly SdesKey[];
  /** Of a full ICE agent that has RTCP on the port of RTP, so that there is one component to check; absent for everybody else. */
  readonly ice?: TrunkIce;
  /** Its certificate and part in the handshake (RFC 5763 §5); absent where one of both is, or is not understood. */
  readonly dtls?: { readonly fingerprint: Uint8Array; readonly setup: 'actpass' | 'active' | 'passive' };
}

export type TrunkSection = UnusableTrunkSection | TrunkAudioSection;

export interface TrunkAddress {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
}

/** Of one side (RFC 8839 §5.4). */
export interface TrunkIce {
  readonly usernameFragment: string;
  readonly password: string;
}
