import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/**
 * Node's hashes as the port that STUN asks for. A key's bytes must not change once it was used: what Node makes of them, which costs seven
 * times the HMAC itself, is kept as long as the array they came in.
 */
export const nodeCrypto = {
  hmacSha1: (key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array => hmac('sha1', key, chunks),
  hmacSha256: (key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array => hmac('sha256', key, chunks),
  md5: (data: Uint8Array): Uint8Array => hash('md5', data, 'buffer'),
  sha256: (data: Uint8Array): Uint8Array => hash('sha256', data, 'buffer'),
};

/** Node's hashes as the port that SIP asks for: in hexadecimal digits. */
export const nodeSipCrypto = {
  hash: (algorithm: 'MD5' | 'SHA-256' | 'SHA-512-256', data: string | Uint8Array): string => hash(sipAlgorithms[algorithm], data, 'hex'),
  hmacSha256: (key: Uint8Array, text: string): string => createHmac('sha256', keyObjectOf(key)).update(text).digest('hex'),
};

const sipAlgorithms = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function hmac(algorithm: 'sha1' | 'sha256', key: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  const running = createHmac(algorithm, keyObjectOf(key));
  for (const chunk of chunks) running.update(chunk);
  return running.digest();
}

function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key);
  if (known !== undefined) return known;
  const made = createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}
