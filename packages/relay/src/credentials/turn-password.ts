import { createHmac } from 'node:crypto';

/** The username of a credential: `<expiry>:<credentialId>`, the expiry in seconds since 1970. */
export function turnUsername(credentialId: string, expiresAt: number): string {
  return `${Math.floor(expiresAt / 1000)}:${credentialId}`;
}

/** The password that belongs to a username: base64(HMAC-SHA1(secret, username)) (draft-uberti-behave-turn-rest-00 §2.2). */
export function turnPassword(secret: string, username: string): string {
  return createHmac('sha1', secret).update(username).digest('base64');
}
