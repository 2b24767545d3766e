import type { Forwarding } from './forwarding.ts';
import type { SrtpMasterKey } from './srtp-profile.ts';

/** Of both kinds of descriptors: which protocol the packet is of (told apart as RFC 5761 §4 says, by the caller). */
export const srtpKind = { rtp: 0, rtcp: 1 } as const;

/** A received packet: `unprotectWords.stride` signed 32-bit words each. */
export const unprotectWords = {
  stride: 8,
  /** Number that {@link Srtp.openInbound} gave. */
  context: 0,
  /** One of {@link srtpKind}. */
  kind: 1,
  /** Where the packet is in the slab; the plain packet is at the same place afterwards. */
  offset: 2,
  length: 3,
  /** Out: length of the plain packet, or a negative number of {@link srtpFailure}; the bytes of a packet that failed are undefined. */
  result: 4,
  /** Out, RTP: length of the header with CSRCs and extension. */
  headerLength: 5,
  /** Out. RTP: rollover counter, so that `rolloverCounter * 65536 + sequence number` is the packet's index (RFC 3711 §3.3.1). RTCP: SRTCP index. */
  rolloverCounter: 6,
} as const;

/**
 * A packet to send: `protectWords.stride` words each. It is put together from a header, which is authenticated, and a prefix and a payload, which are encrypted:
 * `header ‖ prefix ‖ payload`. Of RTCP the header is what is there to protect in whole, prefix and payload may go on.
 */
export const protectWords = {
  stride: 16,
  /** Number that {@link Srtp.openOutbound} gave. */
  context: 0,
  /** One of {@link srtpKind}. */
  kind: 1,
  /** RTP: the whole header with CSRCs and extension, as its own bits say. In the slab. */
  headerOffset: 2,
  headerLength: 3,
  /** Bytes that directly follow the header in the slab: a rewritten payload descriptor, the original sequence number of RTX (RFC 4588 §4). 0 is none. */
  prefixLength: 4,
  /** In the payloads, which are the slab where nothing else is given. */
  payloadOffset: 5,
  payloadLength: 6,
  /** Where the protected packet goes in the slab; it needs the length of all parts and {@link srtpOverheadBytes}. It may begin at the header when the parts follow each other, else it overlaps none of them. */
  destinationOffset: 7,
  /** Out: length of the protected packet, or a negative number of {@link srtpFailure}. */
  result: 8,
} as const;

/** What protection adds to a packet at most: SRTCP index and AEAD tag. */
export const srtpOverheadBytes = 20;

export const srtpFailure = {
  /** No such context is open in that direction. */
  unknownContext: -1,
  /** Too short, not version 2, or with a header longer than itself. */
  malformed: -2,
  /** Altered on the way, or made by somebody without the key (RFC 3711 §3.3). */
  notAuthentic: -3,
  /** Seen before, or too old to tell (RFC 3711 §3.3.2). */
  replayed: -4,
  /** Outbound: this index was used, or is too old to tell; the same keystream is never used twice (RFC 3711 §9.1, RFC 7714 §8.4). */
  indexUsed: -5,
  /** The context knows as many SSRCs as it may. */
  tooManySources: -6,
  /** The packets that may be protected with one key are used up (RFC 3711 §9.2). */
  keyExhausted: -7,
} as const;

/**
 * SRTP and SRTCP (RFC 3711, RFC 7714) in batches. A context is one direction of one association: its keys and, for each SSRC, rollover counter and replay window
 * (1,024 packets). An SSRC is only remembered once one of its packets was authentic. Numbers of contexts belong to the thread that opened them and stay wrong for ever
 * once closed.
 *
 * No key derivation rate, authentication always on. A key identifier (MKI) is looked for in what is received and put into nothing: there is one key, and it is the one of its identifier.
 */
export interface Srtp {
  /** @throws {RangeError} Where key or salt is not as long as the profile says, or every number is in use. */
  openInbound(master: SrtpMasterKey): number;
  /** As {@link openInbound}, for what is sent. */
  openOutbound(master: SrtpMasterKey): number;
  /** Forgets the keys. A number that is not open is ignored. */
  close(context: number): void;
  /**
   * Verifies and decrypts the first `count` descriptors, in order, in place; each gets its result.
   * @throws {RangeError} Where a descriptor reaches outside the slab: those before it are done.
   */
  unprotect(slab: Uint8Array, descriptors: Int32Array, count: number): void;
  /**
   * Encrypts and signs the first `count` descriptors, in order; each gets its result. The sequence number in the header decides the rollover counter, also for one that
   * is older than the newest (RFC 3711 §3.3.1). SRTCP indices are counted by the context.
   * @param payloads Where the payloads are, when not in the slab.
   * @throws {RangeError} Where a descriptor reaches outside the slab or the payloads: those before it are done.
   */
  protect(slab: Uint8Array, descriptors: Int32Array, count: number, payloads?: Uint8Array): void;
  /**
   * Sends the packets of one stream on: for each receiver, in order, and for each packet in order, writes header, rewritten VP8 descriptor and payload to the scratch region of the
   * slab, encrypts and signs them, and describes the datagram in `outgoing`. A receiver is served as long as its packets are simply the next ones: of the stream and payload type that
   * its words say, newer than all before, with room on the line. The first that is not is reported, with all behind it.
   * @param outgoing as `outgoingWords` says.
   * @returns false where scratch region or descriptors are used up: to be called again once they are sent, with what `call` says then.
   * @throws {RangeError} Where something reaches outside the slab or a table: what is before it is done.
   */
  forward(slab: Uint8Array, forwarding: Forwarding, outgoing: Int32Array): boolean;
}
