import { hash } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { BoundedCache } from './bounded-cache.ts';
import { signingAlgorithm, type SigningKeys } from './signing-keys.ts';

/** What keeps tokens of one kind from passing as another (RFC 8725 §3.11, §3.12). */
export interface TokenKind {
  /** Header `typ`. */
  readonly type: string;
  readonly audience: string;
}

export type SignatureVerification =
  | { readonly ok: true; readonly claims: JWTPayload }
  | { readonly ok: false; readonly code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' };

/** Longer is none of ours, and is not even hashed. */
const maxTokenLength = 4096;

/**
 * Signs and verifies tokens of one kind. What was verified once is remembered by hash, so that a client's next request costs
 * a hash instead of an elliptic curve operation.
 */
export class TokenSigner {
  readonly #keys: SigningKeys;
  readonly #kind: TokenKind;
  readonly #now: () => number;
  readonly #verified: BoundedCache<string, JWTPayload & { readonly exp: number }>;

  constructor(keys: SigningKeys, kind: TokenKind, now: () => number, cacheCapacity: number) {
    this.#keys = keys;
    this.#kind = kind;
    this.#now = now;
    this.#verified = new BoundedCache(cacheCapacity);
  }

  sign(claims: JWTPayload & { readonly exp: number }): Promise<string> {
    const { kid, privateKey } = this.#keys.current;
    return new SignJWT({ ...claims, aud: this.#kind.audience }).setProtectedHeader({ alg: signingAlgorithm, kid, typ: this.#kind.type }).sign(privateKey);
  }

  /** Whether we signed this and it has not expired. Never throws. */
  async verify(token: string): Promise<SignatureVerification> {
    if (token.length > maxTokenLength) return { ok: false, code: 'TOKEN_INVALID' };
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known !== undefined) {
      if (known.exp * 1000 > this.#now()) return { ok: true, claims: known };
      this.#verified.delete(digest);
      return { ok: false, code: 'TOKEN_EXPIRED' };
    }
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => {
          const key = this.#keys.verificationKey(header.kid);
          if (key === undefined) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        { algorithms: [signingAlgorithm], typ: this.#kind.type, audience: this.#kind.audience, requiredClaims: ['exp', 'iat', 'jti'], currentDate: new Date(this.#now()) },
      );
      const claims = { ...payload, exp: Number(payload.exp) };
      this.#verified.set(digest, claims);
      return { ok: true, claims };
    } catch (error) {
      return { ok: false, code: error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID' };
    }
  }

  /** The claims of tokens seen lately, for who must find those that a change has made invalid. */
  recentClaims(): IterableIterator<JWTPayload> {
    return this.#verified.values();
  }
}
