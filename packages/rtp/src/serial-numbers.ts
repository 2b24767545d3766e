/** How far `later` is ahead of `earlier` among 16-bit sequence numbers that wrap around: -32768..32767 (RFC 3550 §5.1, RFC 1982). */
export function sequenceDistance(later: number, earlier: number): number {
  return ((later - earlier) << 16) >> 16;
}

/** How far `later` is ahead of `earlier` among 32-bit timestamps that wrap around, as a signed 32-bit integer. */
export function timestampDistance(later: number, earlier: number): number {
  return (later - earlier) | 0;
}
