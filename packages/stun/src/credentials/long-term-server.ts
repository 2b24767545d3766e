import { type Instant, invariant } from '@dialplane/sansio';
import { stunAttribute } from '../attribute-type.ts';
import { encodePasswordAlgorithms, type PasswordAlgorithm, passwordAlgorithmOf, readPasswordAlgorithm } from '../attributes/password-algorithm.ts';
import { readText, writeText } from '../attributes/text.ts';
import type { MessageBuilder } from '../message-builder.ts';
import { type IntegrityAlgorithm, integrityOf, verifyMessageIntegrity } from '../message-integrity.ts';
import { equalInConstantTime, type StunCrypto } from '../stun-crypto.ts';
import type { StunMessage } from '../stun-message.ts';
import type { StatelessNonces } from './stateless-nonces.ts';

/** Who may use the server. Answers at once, from memory or by computation: a name is asked about for every request. */
export interface LongTermCredentialSource {
  /** The key of {@link longTermKey} for this username and the server's realm; `undefined` for a name that is unknown or has expired. */
  key(username: string, algorithm: PasswordAlgorithm, now: Instant): Uint8Array | undefined;
}

/** What the check of RFC 8489 §9.2.4 says about a request. */
export type LongTermVerdict =
  | {
      readonly kind: 'authenticated';
      readonly username: string;
      /** Protects the response, with `responseIntegrity`. */
      readonly key: Uint8Array;
      readonly responseIntegrity: IntegrityAlgorithm;
    }
  /** Answer with this code and what {@link LongTermServer.writeChallenge} adds. */
  | { readonly kind: 'challenge'; readonly code: 401 | 438 }
  /** Answer 400, without realm, nonce or integrity. */
  | { readonly kind: 'badRequest' };

/** What the server side of the mechanism needs. */
export interface LongTermServerOptions {
  readonly realm: string;
  readonly nonces: StatelessNonces;
  readonly credentials: LongTermCredentialSource;
  readonly crypto: StunCrypto;
}

/** In order of preference; RFC 8656 §6 wants SHA-256 used where both sides know it. */
const offered: readonly PasswordAlgorithm[] = ['sha256', 'md5'];
/** Checked against when a name is unknown, so that an answer's delay does not tell which names exist. */
const decoyKey = new Uint8Array(32);

/** The server's side of the long-term credential mechanism (RFC 8489 §9.2.4). Keeps no state. */
export class LongTermServer {
  private readonly options: LongTermServerOptions;
  private readonly algorithmsValue = encodePasswordAlgorithms(offered);

  constructor(options: LongTermServerOptions) {
    invariant(options.realm.length > 0 && options.realm.length < 128, 'a realm has 1 to 127 characters (RFC 8489 §14.9)');
    this.options = options;
  }

  /**
   * The checks of RFC 8489 §9.2.4 in their order. @param path text that names the client's 5-tuple.
   *
   * 1. No message integrity: challenge 401. 2. A part of the credential is missing: 400. 3. The password algorithms do not match what the nonce
   * promised: 400. 4. Unknown username (USERHASH is never valid here), 5. wrong integrity: challenge 401. 6. Stale nonce: 438.
   */
  check(request: StunMessage, path: string, now: Instant): LongTermVerdict {
    const integrity = integrityOf(request);
    if (integrity === undefined) return { kind: 'challenge', code: 401 };
    const username = readText(request, 'username');
    const nonce = readText(request, 'nonce');
    if (readText(request, 'realm') === undefined || nonce === undefined) return { kind: 'badRequest' };
    if (username === undefined && (request.has(stunAttribute.username) || !request.has(stunAttribute.userhash))) return { kind: 'badRequest' };
    const algorithm = this.algorithmOf(request);
    if (algorithm === undefined) return { kind: 'badRequest' };
    const key = username === undefined ? undefined : this.options.credentials.key(username, algorithm.name, now);
    const matches = verifyMessageIntegrity(request, integrity, key ?? decoyKey, this.options.crypto);
    if (username === undefined || key === undefined || !matches) return { kind: 'challenge', code: 401 };
    if (!this.options.nonces.isValid(nonce, path, now)) return { kind: 'challenge', code: 438 };
    return { kind: 'authenticated', username, key, responseIntegrity: algorithm.isNamed ? 'sha256' : 'sha1' };
  }

  /** Adds what a 401 or 438 response carries: REALM, a fresh NONCE and PASSWORD-ALGORITHMS. */
  writeChallenge(builder: MessageBuilder, path: string, now: Instant): void {
    writeText(builder, 'realm', this.options.realm);
    writeText(builder, 'nonce', this.options.nonces.issue(path, now));
    builder.attribute(stunAttribute.passwordAlgorithms, this.algorithmsValue);
  }

  /**
   * RFC 8489 §9.2.4, third check. A request that names no algorithm is that of an older client: MD5. Deviation: checked whatever the
   * nonce says, since every nonce of ours has the bit set.
   */
  private algorithmOf(request: StunMessage): { readonly name: PasswordAlgorithm; readonly isNamed: boolean } | undefined {
    const list = request.value(stunAttribute.passwordAlgorithms);
    const hasChosen = request.has(stunAttribute.passwordAlgorithm);
    if (list === undefined && !hasChosen) return { name: 'md5', isNamed: false };
    const chosen = passwordAlgorithmOf(readPasswordAlgorithm(request) ?? 0);
    if (list === undefined || chosen === undefined || !equalInConstantTime(list, this.algorithmsValue)) return undefined;
    return { name: chosen, isNamed: true };
  }
}
