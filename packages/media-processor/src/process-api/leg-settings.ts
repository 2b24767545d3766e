import type { MediaStreamType } from '@dialplane/calling-api';
import type { IceCredentials } from '@dialplane/ice';
import type { SrtpMasterKey } from '@dialplane/kernels';

/** How a leg's packets are secured and where they come from; agreed in offer and answer. */
export type TransportSettings = WebrtcTransportSettings | RtpTransportSettings;

/** Of a client: ICE and DTLS. */
export interface WebrtcTransportSettings {
  readonly kind: 'webrtc';
  /**
   * Counts the transports of a leg from 1: another one is a new ICE and DTLS association (the client came with a new peer connection), the same one with other
   * credentials an ICE restart.
   */
  readonly generation: number;
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
  /** Ours in the DTLS handshake (RFC 8842 §5.3). */
  readonly dtlsRole: 'client' | 'server';
  /** SHA-256 over the certificate of the client (RFC 8122 §5), 32 bytes. */
  readonly remoteFingerprint: Uint8Array;
}

/** Of a telephone: where it says it is, and the keys that were agreed. */
export interface RtpTransportSettings {
  readonly kind: 'rtp';
  readonly remote: RtpAddress;
  /** On the same port (RFC 5761), or where that is. */
  readonly remoteRtcp: 'muxed' | RtpAddress;
  /** Ours, with which the other side's checks prove where it is (RFC 8445 §7.3); absent without ICE. */
  readonly ice?: IceCredentials;
  readonly security:
    | { readonly kind: 'none' }
    | { readonly kind: 'sdes'; readonly inbound: SrtpMasterKey; readonly outbound: SrtpMasterKey }
    | { readonly kind: 'dtls'; /** Ours in the handshake. */ readonly role: 'client' | 'server'; /** SHA-256 over the certificate of the other side, 32 bytes. */ readonly remoteFingerprint: Uint8Array };
}

export interface RtpAddress {
  /** IPv4 or IPv6; zeros are nowhere (RFC 3264 §8.4). */
  readonly address: string;
  readonly port: number;
}

/** A codec as a section agreed on it (RFC 8866 §6.6). */
export interface SectionCodec {
  /** As in an rtpmap, in its usual case: `opus`, `VP8`, `H264`, `PCMU`, ... */
  readonly name: string;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly channels: number;
  /** Payload type of its retransmissions (RFC 4588 §8), where agreed. */
  readonly rtxPayloadType?: number;
  /** Its fmtp, unread. */
  readonly parameters: string;
  readonly nack: boolean;
}

/** Numbers of the header extensions of a section (RFC 8285 §5); 0 is not agreed. */
export interface SectionExtensions {
  readonly mid: number;
  readonly rid: number;
  readonly repairedRid: number;
  /** RFC 6464. */
  readonly audioLevel: number;
  readonly absoluteSendTime: number;
  readonly transportSequence: number;
}

/** One m= section of a leg as both sides agreed on it; of a telephone one for each way, since payload types may differ (RFC 3264 §5.1). */
export interface SectionSettings {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly codecs: readonly SectionCodec[];
  readonly extensions: SectionExtensions;
  /** What the client sends in it; absent when it sends nothing. */
  readonly receive?: {
    readonly mediaStreamType: MediaStreamType;
    /** Simulcast layers, lowest first (RFC 8853); empty without simulcast. */
    readonly rids: readonly string[];
    /** SSRCs that the description names, with those of their retransmissions; often none with rids. */
    readonly ssrcs: ReadonlyArray<{ readonly ssrc: number; readonly rtxSsrc?: number }>;
  };
  /** What we send in it; absent when we send nothing. Which source that is comes and goes without another description. */
  readonly send?: { readonly ssrc: number; readonly rtxSsrc?: number; /** Milliseconds of sound in a packet; 20 without it. */ readonly packetMs?: number };
}
