/** Which way packets flow, seen by who wrote the description (RFC 8866 §6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A client's offer, as far as a media server needs it. */
export interface SessionOffer {
  /** Of `o=` (RFC 8866 §5.2); another one than before is another peer connection of the client. Decimal. */
  readonly sessionId: string;
  /** Whether its sections share a transport by `a=group:BUNDLE`; one section alone needs none. */
  readonly isBundled: boolean;
  readonly transport: OfferedTransport;
  /** In the order of the m= sections, which never changes (RFC 3264 §8). */
  readonly sections: readonly OfferedSection[];
}

/** The one transport of the bundle (RFC 9143 §7.1). */
export interface OfferedTransport {
  /** 4 to 256 characters (RFC 8839 §5.4). */
  readonly usernameFragment: string;
  /** 22 to 256 characters. */
  readonly password: string;
  /** SHA-256 over the certificate (RFC 8122 §5), 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** RFC 4145 §4. */
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** What an m= line says (RFC 8866 §5.14), which an answer repeats even where it refuses. */
export interface MediaLine {
  readonly media: string;
  readonly protocol: string;
  /** Space-separated. */
  readonly formats: string;
  readonly mid: string | undefined;
}

/** An m= section that nothing can be agreed in: stopped by the client, or of a kind that we do not speak. */
export interface UnusableSection extends MediaLine {
  readonly kind: 'unusable';
}

/** An m= section of audio or video on the transport of the bundle. */
export interface RtpSection extends MediaLine {
  readonly kind: 'audio' | 'video';
  readonly mid: string;
  readonly direction: Direction;
  /** In the client's order of preference, without retransmission and redundancy formats. */
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: readonly OfferedExtension[];
  /** Layers that the client would send (RFC 8853 §5.1), in its order; empty without simulcast. */
  readonly rids: readonly string[];
  /** What the client sends with; empty where it does not say. */
  readonly ssrcs: readonly OfferedSsrc[];
  /** RFC 5506. */
  readonly reducedSizeRtcp: boolean;
}

export type OfferedSection = UnusableSection | RtpSection;

/** A payload type (RFC 8866 §6.6). */
export interface OfferedCodec {
  readonly payloadType: number;
  /** As written; compare with `sameCodecName`. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** Its fmtp, unread; empty without one. */
  readonly parameters: string;
  /** As in its rtcp-fb lines (RFC 4585 §4.2): `nack`, `nack pli`, `ccm fir`, `transport-cc`, ... */
  readonly feedback: readonly string[];
  /** Of its retransmissions (RFC 4588 §8.6). */
  readonly rtxPayloadType?: number;
}

/** A header extension (RFC 8285 §5). */
export interface OfferedExtension {
  readonly id: number;
  readonly uri: string;
  readonly direction: Direction;
}

/** RFC 5576 §4.1; with the SSRC of its retransmissions (RFC 4588 §8.8). */
export interface OfferedSsrc {
  readonly ssrc: number;
  readonly rtxSsrc?: number;
}
