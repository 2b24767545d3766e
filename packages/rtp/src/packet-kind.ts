/** What arrives on a port that STUN, DTLS, RTP and RTCP share. */
export const packetKind = { unknown: 0, stun: 1, dtls: 2, rtp: 3, rtcp: 4 } as const;

export type PacketKind = (typeof packetKind)[keyof typeof packetKind];

/** Tells by the first two bytes what a datagram is (RFC 7983 §7 for the protocol, RFC 5761 §4 for RTP and RTCP: packet types 192 to 223 are RTCP's). */
export function packetKindOf(bytes: Uint8Array, offset: number, length: number): PacketKind {
  if (length < 2) return packetKind.unknown;
  const first = bytes[offset] ?? 0;
  if (first >= 128 && first <= 191) {
    const second = bytes[offset + 1] ?? 0;
    return second >= 192 && second <= 223 ? packetKind.rtcp : packetKind.rtp;
  }
  if (first <= 3) return packetKind.stun;
  return first >= 20 && first <= 63 ? packetKind.dtls : packetKind.unknown;
}
