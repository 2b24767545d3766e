/** How far `later` is ahead of `earlier` among 16-bit sequence numbers that wrap around: -32768..32767 (RFC 3550 §5.1, RFC 1982). */
export function sequenceDistance(later: number, earlier: number): number {
  return ((later - earlier) << 16) >> 16;
}

/** How far `later` is ahead of `earlier` among 32-bit timestamps that wrap around, as a signed 32-bit integer. */
export function timestampDistance(later: number, earlier: number): number {
  return (later - earlier) | 0;
}

/**
 * Sequence numbers without wrap-around: the extended sequence number of RFC 3550 §6.4.1, counted from the first one seen. Tolerates reordering of less than half
 * the number space.
 */
export class SequenceUnwrapper {
  private last = -1;

  /** The extended number of `sequenceNumber`: the one closest to the last that was given. Negative where the first ones came reordered around 0. */
  unwrap(sequenceNumber: number): number {
    this.last = this.last === -1 ? sequenceNumber : this.last + sequenceDistance(sequenceNumber, this.last & 0xffff);
    return this.last;
  }
}
