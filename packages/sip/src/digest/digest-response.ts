import type { DigestAlgorithm, SipCrypto } from './sip-crypto.ts';

/** What the hash in credentials is made of (RFC 7616 §3.4). */
export interface DigestParts {
  /** H(A1) of {@link digestSecret}: what a server keeps in place of the password. */
  readonly secret: string;
  readonly algorithm: DigestAlgorithm;
  /** Whether the algorithm is named with `-sess`. */
  readonly isSession: boolean;
  readonly nonce: string;
  /** With quality of protection; without it the hash is that of RFC 2069. */
  readonly protection: { readonly qop: 'auth' | 'auth-int'; readonly nonceCount: string; readonly clientNonce: string } | undefined;
  readonly method: string;
  readonly uri: string;
  /** Only looked at with `auth-int`. */
  readonly body: Uint8Array;
}

/** H(A1) of a user in a realm, in hexadecimal (RFC 7616 §3.4.2): what is kept of a password. */
export function digestSecret(crypto: SipCrypto, algorithm: DigestAlgorithm, credential: { readonly username: string; readonly realm: string; readonly password: string }): string {
  return crypto.hash(algorithm, `${credential.username}:${credential.realm}:${credential.password}`);
}

/** The `response` of credentials, in hexadecimal (RFC 7616 §3.4.1..§3.4.3). */
export function digestResponse(crypto: SipCrypto, parts: DigestParts): string {
  const hash = (data: string | Uint8Array): string => crypto.hash(parts.algorithm, data);
  const { nonce, protection } = parts;
  const secret = parts.isSession ? hash(`${parts.secret}:${nonce}:${protection?.clientNonce ?? ''}`) : parts.secret;
  const request = `${parts.method}:${parts.uri}`;
  const ha2 = hash(protection?.qop === 'auth-int' ? `${request}:${hash(parts.body)}` : request);
  if (protection === undefined) return hash(`${secret}:${nonce}:${ha2}`);
  return hash(`${secret}:${nonce}:${protection.nonceCount}:${protection.clientNonce}:${protection.qop}:${ha2}`);
}
