/** The hashes STUN is made of; the services pass Node's. All outputs are fresh arrays of full length. */
export interface StunCrypto {
  /** HMAC-SHA1 (RFC 2104) over the concatenation of `chunks`: 20 bytes. */
  hmacSha1(key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA256 over the concatenation of `chunks`: 32 bytes. */
  hmacSha256(key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array;
  /** MD5: 16 bytes. Only for the keys of RFC 8489 §9.2.2. */
  md5(data: Uint8Array): Uint8Array;
  /** SHA-256: 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
}

/** Compares in a time that depends on the lengths only. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
