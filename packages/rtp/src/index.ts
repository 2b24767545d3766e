/**
 * RTP and RTCP: packets, header extensions, feedback, retransmission and the counters that reports are made of, over views into shared buffers.
 *
 * RFC 3550, 3551, 4585 (feedback), 4588 (RTX), 4733 (telephone events), 5104 (FIR), 6464 (audio levels), 2198 (RED), 8285 (header extensions) and transport-wide
 * congestion control. Out of scope: encryption, sockets, codecs, and what to do about what was counted.
 */
/** Bytes of an RTP header without CSRCs and extensions (RFC 3550 §5.1). */
export const rtpHeaderLength = 12;
