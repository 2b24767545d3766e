/** Algorithms of digest authentication, weakest first (RFC 8760 §2.1). */
export const digestAlgorithms = ['MD5', 'SHA-256', 'SHA-512-256'] as const;

export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** The hashes SIP needs; the services pass Node's. */
export interface SipCrypto {
  /** The hash of bytes, or of the UTF-8 of a text, in lower-case hexadecimal: 32 or 64 digits. */
  hash(algorithm: DigestAlgorithm, data: string | Uint8Array): string;
  /** HMAC-SHA256 (RFC 2104) of the UTF-8 of `text` in lower-case hexadecimal: 64 digits. */
  hmacSha256(key: Uint8Array, text: string): string;
}
