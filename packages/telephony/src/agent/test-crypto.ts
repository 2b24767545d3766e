import { createHmac, hash } from 'node:crypto';
import type { SipCrypto } from '@dialplane/sip';

/** Node's hashes, for user agents in tests. */
export const testCrypto: SipCrypto = {
  hash: (algorithm, data) => hash(algorithm === 'MD5' ? 'md5' : algorithm === 'SHA-256' ? 'sha256' : 'sha512-256', data),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
};
