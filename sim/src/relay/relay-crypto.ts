import { createHash, createHmac } from 'node:crypto';
import type { StunCrypto } from '@dialplane/stun';

const hmac = (algorithm: string) => (key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array => {
  const running = createHmac(algorithm, key);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
};
const hash = (algorithm: string) => (data: Uint8Array): Uint8Array => createHash(algorithm).update(data).digest();

/** The hashes of the relay's world. */
export const relayCrypto: StunCrypto = { hmacSha1: hmac('sha1'), hmacSha256: hmac('sha256'), md5: hash('md5'), sha256: hash('sha256') };

export const relayRealm = 'sim.example';

/** Every user's password in this world. */
export function passwordOf(username: string): string {
  return `password of ${username}`;
}
