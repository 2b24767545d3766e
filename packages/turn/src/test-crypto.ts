import { createHash, createHmac } from 'node:crypto';
import type { StunCrypto } from '@dialplane/stun';

const hmac = (algorithm: string) => (key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array => {
  const running = createHmac(algorithm, key);
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
};
const hash = (algorithm: string) => (data: Uint8Array): Uint8Array => createHash(algorithm).update(data).digest();

/** Node's hashes as the port this package asks for. */
export const nodeCrypto: StunCrypto = { hmacSha1: hmac('sha1'), hmacSha256: hmac('sha256'), md5: hash('md5'), sha256: hash('sha256') };

/** Bytes written as hexadecimal digits, white space ignored. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
}
