/** The whole ALPN extension of a validation connection: RFC 8737 §3 permits exactly this one protocol name. */
const acmeExtension = Buffer.from('\x00\x10\x00\x0d\x00\x0b\x0aacme-tls/1', 'latin1');
const recordHeaderLength = 5;
const handshakeRecord = 0x16;
/** RFC 8446 §5.1: a record carries at most 2^14 bytes. */
const longestRecord = 1 << 14;

/**
 * Whether a connection that begins with these bytes validates an ACME challenge (a TLS record with a ClientHello whose ALPN
 * extension names `acme-tls/1` alone); `undefined` while the record is incomplete.
 *
 * A client that hides these bytes elsewhere in its hello gets to see the challenge certificate, which is public anyway.
 */
export function isAcmeValidation(received: Uint8Array): boolean | undefined {
  if (received.length === 0) return undefined;
  if (received[0] !== handshakeRecord) return false;
  if (received.length < recordHeaderLength) return undefined;
  const length = ((received[3] ?? 0) << 8) | (received[4] ?? 0);
  if (length > longestRecord) return false;
  if (received.length < recordHeaderLength + length) return undefined;
  return Buffer.from(received.buffer, received.byteOffset, recordHeaderLength + length).includes(acmeExtension);
}
