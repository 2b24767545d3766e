/**
 * What a kernel needs to send a stream on by itself: tables of signed 32-bit words that JavaScript owns. A number of 64 bits takes two words, the first of them even.
 */

/** A plain packet that has arrived. Words that the caller needs beside these may follow from `own` on. */
export const plainWords = {
  stride: 10,
  /** In the slab. */
  payloadOffset: 0,
  payloadLength: 1,
  /** As it came, 16 bits. */
  sequenceNumber: 2,
  timestamp: 3,
  payloadType: 4,
  /** 0 or 1. */
  marker: 5,
  /** The byte of RFC 6464 §3, voice flag and level; -1 where the packet has none. */
  audioLevel: 6,
  /** The next packet of the same stream, -1 at the end. */
  next: 7,
  own: 8,
} as const;

/** How a stream is sent to one receiver. What the kernel changes is told; the rest is the caller's to change, between two calls. */
export const streamWords = {
  stride: 24,
  /** The number of the stream of which the kernel may send packets on; 0 is none. */
  source: 0,
  /** Where to, the {@link lineWords.number} of a line. */
  line: 1,
  ssrc: 2,
  /** Packets with this payload type are sent with the other. */
  receivedType: 3,
  sentType: 4,
  /** Bits of {@link streamFlags}. */
  flags: 5,
  /** Of header extension elements (RFC 8285), 0 is none. With a transport sequence number, no time is sent. */
  audioLevelId: 6,
  absoluteSendTimeId: 7,
  transportSequenceId: 8,
  /** What is added to sequence numbers. */
  sequenceOffset: 9,
  /** As they came: the newest number that was sent, by the kernel too. */
  newestNumber: 10,
  /** The newest number that the caller knows of. Less than 2^14 are sent without its taking note. */
  settledNumber: 11,
  timestampOffset: 12,
  /** As it came, by the kernel too; older ones are handed over. */
  newestTimestamp: 13,
  /** VP8 (RFC 7741 §4.2): what is added to TL0PICIDX, the newest that was sent (by the kernel too), the low seven bits of the newest picture id as it came (likewise; -1 before there was one) and as it was sent. */
  tl0Offset: 14,
  newestTl0: 15,
  newestPicture: 16,
  newestPictureId: 17,
  /** VP8: packets of higher temporal layers are handed over. */
  temporalLayer: 18,
  /** By the kernel: packets and bytes of payload that it has sent, and 64 bits of when it last did; see {@link forwardingCall.now}. */
  packets: 19,
  octets: 20,
  sentAt: 22,
} as const;

export const streamFlags = {
  /** Payloads begin with a descriptor of VP8. */
  vp8: 1,
  /** Packets leave as far as the line has room. */
  paced: 2,
  /** Packets of the newest picture are not sent. Taken away by the kernel with the next one. */
  pictureLeftOut: 4,
} as const;

/** The way to one receiver: an SRTP context, a socket and an address, and what may leave. */
export const lineWords = {
  stride: 18,
  /** Place in the table, and above its 20 bits how often the place was used before: a number that is given back is never right again. */
  number: 0,
  /** Number that `openOutbound` gave; negative is none. */
  context: 1,
  /** Socket, family, port and address words, in the order of `outgoingWords`. */
  socket: 2,
  family: 3,
  port: 4,
  w0: 5,
  w1: 6,
  w2: 7,
  w3: 8,
  /** Of the next packet, by the kernel too: transport-wide congestion control. */
  transportNumber: 9,
  /** 64 bits each: bytes that may leave, since when (both by the kernel too), how many more each millisecond, and how many at most. */
  left: 10,
  leftAt: 12,
  bytesPerMs: 14,
  mostBytes: 16,
} as const;

export const linePlaceBits = 20;

/** What a call has to tell of a receiver: packets that took transport numbers, and those that are handed over. */
export const reportWords = {
  stride: 4,
  /** Place in the table of streams. */
  stream: 0,
  /** The kernel has sent the packets from here, and given them transport numbers ... */
  first: 1,
  /** ... up to this one, which it has not sent; -1 where it has sent all. */
  until: 2,
  /** 1 where the caller has to send `until` and what follows: it is not simply the next packet. */
  handedOver: 3,
} as const;

/** One call. */
export const forwardingCall = {
  stride: 16,
  /** See {@link streamWords.source}; not 0. */
  source: 0,
  /** The first packet of the stream. */
  first: 1,
  /** 64 bits: milliseconds since an arbitrary origin. */
  now: 2,
  /** The same in 24 bits, 6.18 fixed-point seconds. */
  absoluteSendTime: 4,
  /** What a line carries of each packet besides its payload, in bytes. */
  packetOverhead: 5,
  /** In the slab, where the scratch region ends. */
  scratchEnd: 6,
  /** Outgoing descriptors beyond this one are not written. */
  outgoingLimit: 7,
  /** How many receivers there are. */
  receivers: 8,
  /** Receiver and packet to begin with, 0 and `first` at first; by the kernel: what to go on with. */
  receiver: 9,
  packet: 10,
  /** In and out: where the scratch region is free, a multiple of 4; how many outgoing descriptors and reports there are. */
  scratch: 11,
  outgoing: 12,
  reports: 13,
  /** In and out: packets that could not be protected, which count as sent. */
  failures: 14,
} as const;

/** What {@link Srtp.forward} reads and writes. */
export interface Forwarding {
  /** {@link plainWords} each. */
  readonly packets: Int32Array;
  /** {@link streamWords} each. */
  readonly streams: Int32Array;
  /** {@link lineWords} each. */
  readonly lines: Int32Array;
  /** Places in the table of streams. */
  readonly receivers: Int32Array;
  /** {@link reportWords} each; room for one more than there are receivers. */
  readonly reports: Int32Array;
  /** {@link forwardingCall}. */
  readonly call: Int32Array;
}
