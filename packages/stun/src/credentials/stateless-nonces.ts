import { type Instant, invariant } from '@dialplane/sansio';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { writeInt32 } from '../message-builder.ts';
import { equalInConstantTime, type StunCrypto } from '../stun-crypto.ts';
import { readInt32 } from '../stun-message.ts';
import { encodeUtf8 } from '../utf8.ts';
import { encodeNonceCookie } from './nonce-cookie.ts';

const macLength = 12;

/** What nonces are made from. */
export interface StatelessNonceOptions {
  readonly crypto: StunCrypto;
  /** At least 16 secret random bytes; with a new secret all older nonces are stale. */
  readonly secret: Uint8Array;
  /** How long a nonce is good, at most the hour of RFC 8656 §5. Default 3600. */
  readonly lifetimeSeconds?: number;
}

/**
 * Nonces that the server recognizes without remembering any: the time of issue and an HMAC over it and the client's path, so that one client's
 * nonce is of no use to another (RFC 8489 §9.2.4) and strangers make the server store nothing. The cookie announces password
 * algorithms and never username anonymity: time-limited usernames cannot be looked up by their hash.
 */
export class StatelessNonces {
  private readonly options: StatelessNonceOptions;
  private readonly cookie = encodeNonceCookie({ passwordAlgorithms: true, usernameAnonymity: false });

  constructor(options: StatelessNonceOptions) {
    invariant(options.secret.length >= 16, 'a nonce secret has at least 16 bytes');
    this.options = options;
  }

  /** A nonce for the client on this path: 35 characters. @param path text that names the client's 5-tuple. */
  issue(path: string, now: Instant): string {
    return this.assemble(path, Math.floor(now / 1000) >>> 0);
  }

  /** Whether the nonce was issued for this path and has not outlived itself. */
  isValid(nonce: string, path: string, now: Instant): boolean {
    const body = nonce.startsWith(this.cookie) ? decodeBase64(nonce.slice(this.cookie.length)) : undefined;
    if (body?.length !== 4 + macLength) return false;
    const issuedAt = readInt32(body, 0) >>> 0;
    if (!equalInConstantTime(encodeUtf8(nonce), encodeUtf8(this.assemble(path, issuedAt)))) return false;
    const age = Math.floor(now / 1000) - issuedAt;
    return age >= 0 && age < (this.options.lifetimeSeconds ?? 3600);
  }

  private assemble(path: string, issuedAt: number): string {
    const body = new Uint8Array(4 + macLength);
    writeInt32(body, 0, issuedAt);
    const mac = this.options.crypto.hmacSha256(this.options.secret, [body.subarray(0, 4), encodeUtf8(this.cookie + path)]);
    body.set(mac.subarray(0, macLength), 4);
    return this.cookie + encodeBase64(body);
  }
}
