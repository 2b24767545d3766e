import type { PasswordAlgorithm } from '../attributes/password-algorithm.ts';
import type { StunCrypto } from '../stun-crypto.ts';
import { encodeUtf8 } from '../utf8.ts';
import { opaqueString } from './opaque-string.ts';

/**
 * The HMAC key of a long-term credential: 16 bytes with MD5, 32 with SHA-256 (RFC 8489 §9.2.2, §18.5.1). This, not the password, is what a
 * server keeps. `undefined` where a part is not an OpaqueString.
 */
export function longTermKey(
  crypto: StunCrypto,
  algorithm: PasswordAlgorithm,
  credential: { readonly username: string; readonly realm: string; readonly password: string },
): Uint8Array | undefined {
  const username = opaqueString(unquoted(credential.username));
  const realm = opaqueString(unquoted(credential.realm));
  const password = opaqueString(withoutTrailingNulls(credential.password));
  if (username === undefined || realm === undefined || password === undefined) return undefined;
  const text = encodeUtf8(`${username}:${realm}:${password}`);
  return algorithm === 'md5' ? crypto.md5(text) : crypto.sha256(text);
}

/** The HMAC key of a short-term credential (RFC 8489 §9.1.1). `undefined` where the password is not an OpaqueString. */
export function shortTermKey(password: string): Uint8Array | undefined {
  const prepared = opaqueString(password);
  return prepared === undefined ? undefined : encodeUtf8(prepared);
}

/** USERHASH of a username in a realm (RFC 8489 §14.4): 32 bytes. `undefined` where a part is not an OpaqueString. */
export function userhash(crypto: StunCrypto, username: string, realm: string): Uint8Array | undefined {
  const parts = [opaqueString(username), opaqueString(realm)];
  return parts.includes(undefined) ? undefined : crypto.sha256(encodeUtf8(parts.join(':')));
}

function unquoted(text: string): string {
  return withoutTrailingNulls(text).replaceAll('"', '');
}

function withoutTrailingNulls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}
