import { hash } from 'node:crypto';

/** Hashes of `username:realm:password`, by which a digest response is verified (RFC 7616 §3.4.2, RFC 8760 §2.4); in hexadecimal digits. */
export interface DigestSecrets {
  readonly md5: string;
  readonly sha256: string;
  readonly sha512256: string;
}

export function digestSecrets(username: string, realm: string, password: string): DigestSecrets {
  const text = `${username}:${realm}:${password}`;
  return { md5: hash('md5', text), sha256: hash('sha256', text), sha512256: hash('sha512-256', text) };
}
