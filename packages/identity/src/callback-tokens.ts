import { randomBytes } from 'node:crypto';
import type { Store } from '@dialplane/store';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What Azure's callbacks are signed with, and what verifiers of them are set up for. */
const algorithm = 'RS256';
const lifetimeSeconds = 300;

/** A public key in a key set (RFC 7517 §4, RFC 7518 §6.3.1). */
export interface PublicRsaJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

/**
 * Tokens by which an application knows that a request to it comes from this server (Azure, "Secure webhook endpoint"): issued by the server's origin, for a resource,
 * good for five minutes.
 */
export class CallbackTokens {
  readonly #kid: string;
  readonly #privateKey: CryptoKey;
  readonly #publicJwk: PublicRsaJwk;
  readonly #issuer: () => string;
  readonly #now: () => number;

  private constructor(kid: string, privateKey: CryptoKey, publicJwk: PublicRsaJwk, issuer: () => string, now: () => number) {
    this.#kid = kid;
    this.#privateKey = privateKey;
    this.#publicJwk = publicJwk;
    this.#issuer = issuer;
    this.#now = now;
  }

  /** Loads the key; the first start makes it. */
  static async open(store: Store, issuer: () => string, now: () => number): Promise<CallbackTokens> {
    const stored = await store.database.selectFrom('callback_key').selectAll().orderBy('created_at', 'desc').limit(1).executeTakeFirst();
    const { kid, private_jwk: privateJwk } = stored ?? (await makeKey(store, now));
    const jwk = JSON.parse(privateJwk) as JWK;
    const privateKey = (await importJWK(jwk, algorithm)) as CryptoKey;
    const { n = '', e = '' } = jwk;
    return new CallbackTokens(kid, privateKey, { kty: 'RSA', n, e, kid, alg: algorithm, use: 'sig' }, issuer, now);
  }

  /** Origin of this server. */
  get issuer(): string {
    return this.#issuer();
  }

  /** A fresh token for whoever serves the applications of a resource. */
  issue(resourceId: string): Promise<string> {
    const seconds = Math.floor(this.#now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: algorithm, kid: this.#kid, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setAudience(resourceId)
      .setIssuedAt(seconds)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + lifetimeSeconds)
      .sign(this.#privateKey);
  }

  publicKeys(): readonly PublicRsaJwk[] {
    return [this.#publicJwk];
  }
}

async function makeKey(store: Store, now: () => number): Promise<{ readonly kid: string; readonly private_jwk: string }> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const row = { kid: randomBytes(9).toString('base64url'), private_jwk: JSON.stringify(await exportJWK(privateKey)), created_at: now() };
  await store.write([store.database.insertInto('callback_key').values(row)], 'powerLoss');
  return row;
}
