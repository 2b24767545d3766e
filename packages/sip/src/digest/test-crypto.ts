import { createHash, createHmac } from 'node:crypto';
import type { SipCrypto } from './sip-crypto.ts';

const names = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

/** Node's hashes as the port the package asks for. */
export const nodeCrypto: SipCrypto = {
  hash: (algorithm, data) => createHash(names[algorithm]).update(data).digest('hex'),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
};
