/**
 * Offer/answer of a media server: reads a client's offer into what the media path needs to know, and writes the answer (RFC 3264, RFC 8829, RFC 9143 BUNDLE,
 * RFC 8853 simulcast), on sdp-transform.
 *
 * Out of scope: sockets, ICE itself, and who may join.
 */
/** Codecs that every WebRTC endpoint has (RFC 7742 §5, RFC 7874 §3), as in an rtpmap. */
export const commonCodecs = ['opus', 'VP8'] as const;
