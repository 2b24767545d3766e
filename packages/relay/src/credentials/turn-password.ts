import { createHmac } from 'node:crypto';

/** The username of a credential: `<expiry>:<credentialId>`, the expiry in seconds since 1970. */
export function turnUsername(credentialId: string, expiresAt: number): string {
  return `${Math.floor(expiresAt / 1000)}:${credentialId}`;
}

/** Reads a username, its expiry in milliseconds since 1970; `undefined` for what cannot be one of ours. */
export function parseTurnUsername(username: string): { readonly credentialId: string; readonly expiresAt: number } | undefined {
  const [, seconds, credentialId] = /^(\d{1,11}):(.+)$/.exec(username) ?? [];
  return credentialId === undefined ? undefined : { credentialId, expiresAt: Number(seconds) * 1000 };
}

/** The password that belongs to a username: base64(HMAC-SHA1(secret, username)) (draft-uberti-behave-turn-rest-00 §2.2). */
export function turnPassword(secret: string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}
