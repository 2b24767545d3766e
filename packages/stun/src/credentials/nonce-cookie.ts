import { decodeBase64, encodeBase64 } from '../base64.ts';

/** RFC 8489 §18.1: what a server promises in the first 13 characters of its nonce, so that nobody on the path can hide it (§9.2.1). */
export interface SecurityFeatures {
  readonly passwordAlgorithms: boolean;
  readonly usernameAnonymity: boolean;
}

const prefix = 'obMatJos2';
/** Length of a nonce cookie in characters. */
export const nonceCookieLength = prefix.length + 4;

/** The nonce cookie of RFC 8489 §9.2 for a set of features. */
export function encodeNonceCookie(features: SecurityFeatures): string {
  return prefix + encodeBase64(Uint8Array.of((features.passwordAlgorithms ? 0x80 : 0) | (features.usernameAnonymity ? 0x40 : 0), 0, 0));
}

/** The features that a nonce announces; `undefined` when it comes from a server older than RFC 8489. */
export function parseNonceCookie(nonce: string): SecurityFeatures | undefined {
  if (!nonce.startsWith(prefix)) return undefined;
  const first = decodeBase64(nonce.slice(prefix.length, nonceCookieLength));
  if (first?.length !== 3) return undefined;
  return { passwordAlgorithms: ((first[0] ?? 0) & 0x80) !== 0, usernameAnonymity: ((first[0] ?? 0) & 0x40) !== 0 };
}
