/** Number of the header extension in which packets have a number on their transport. */
export const transportSequenceExtension = 3;

/** The packet's number on its transport, or -1: of one-byte elements (RFC 8285 §4.2), which is what servers send. */
export function readTransportSequence(bytes: Uint8Array, offset: number, headerLength: number): number {
  if (((bytes[offset] ?? 0) & 0x10) === 0) return -1;
  let at = offset + 12 + 4 * ((bytes[offset] ?? 0) & 15) + 4;
  while (at < offset + headerLength) {
    const head = bytes[at] ?? 0;
    if (head >> 4 === transportSequenceExtension) return ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    at += head === 0 ? 1 : (head & 15) + 2;
  }
  return -1;
}
