import { createHash, createHmac } from 'node:crypto';
import type { SipCrypto } from '@dialplane/sip';

const names = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

/** The hashes of a world of telephones. */
export const worldCrypto: SipCrypto = {
  hash: (algorithm, data) => createHash(names[algorithm]).update(data).digest('hex'),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest('hex'),
};
