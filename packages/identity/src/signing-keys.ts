import { randomBytes } from 'node:crypto';
import type { Store } from '@dialplane/store';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { maxTokenLifetimeMs } from './token-lifetime.ts';

/** ES256: signing is half the work of RS256 and tokens are shorter; verified tokens are cached, so that side matters less. */
export const signingAlgorithm = 'ES256';

/** A public key in a key set (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: PublicJwk;
  readonly retiredAt: number | undefined;
}

/** The keys that sign tokens: one signs, those retired verify until the last token they signed has expired. */
export class SigningKeys {
  readonly #store: Store;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, SigningKey> = new Map();

  private constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Loads them; the first start makes one. */
  static async open(store: Store, now: () => number): Promise<SigningKeys> {
    const keys = new SigningKeys(store, now);
    const rows = await store.database.selectFrom('signing_key').selectAll().orderBy('created_at').execute();
    keys.#keys = new Map(await Promise.all(rows.map(async (row) => [row.kid, await importKey(row.kid, row.private_jwk, row.retired_at ?? undefined)] as const)));
    if (![...keys.#keys.values()].some((key) => key.retiredAt === undefined)) await keys.rotate();
    return keys;
  }

  get current(): SigningKey {
    const current = [...this.#keys.values()].findLast((key) => key.retiredAt === undefined);
    if (current === undefined) throw new Error('invariant: there is always a signing key');
    return current;
  }

  /** The key that verifies what was signed under `kid`; `undefined` when there is none or its time is over. */
  verificationKey(kid: string | undefined): CryptoKey | undefined {
    const key = kid === undefined ? undefined : this.#keys.get(kid);
    return key === undefined || this.#isOver(key) ? undefined : key.publicKey;
  }

  publicKeys(): readonly PublicJwk[] {
    return [...this.#keys.values()].filter((key) => !this.#isOver(key)).map((key) => key.publicJwk);
  }

  /** Signs with a fresh key from now on. Tokens signed before stay valid until they expire. */
  async rotate(): Promise<void> {
    const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
    const kid = randomBytes(9).toString('base64url');
    const privateJwk = JSON.stringify(await exportJWK(privateKey));
    const fresh = await importKey(kid, privateJwk, undefined);
    const now = this.#now();
    const { database } = this.#store;
    await this.#store.write(
      [
        database.updateTable('signing_key').set({ retired_at: now }).where('retired_at', 'is', null),
        database.deleteFrom('signing_key').where('retired_at', '<', now - maxTokenLifetimeMs),
        database.insertInto('signing_key').values({ kid, algorithm: signingAlgorithm, private_jwk: privateJwk, created_at: now, retired_at: null }),
      ],
      'powerLoss',
    );
    const keys = new Map<string, SigningKey>();
    for (const key of this.#keys.values()) {
      if (!this.#isOver(key)) keys.set(key.kid, { ...key, retiredAt: key.retiredAt ?? now });
    }
    this.#keys = keys.set(kid, fresh);
  }

  #isOver(key: SigningKey): boolean {
    return key.retiredAt !== undefined && key.retiredAt < this.#now() - maxTokenLifetimeMs;
  }
}

async function importKey(kid: string, privateJwk: string, retiredAt: number | undefined): Promise<SigningKey> {
  const jwk = JSON.parse(privateJwk) as JWK;
  const { kty, crv, x, y } = jwk;
  if (kty === undefined || crv === undefined || x === undefined || y === undefined) throw new Error(`invariant: signing key ${kid} is not an elliptic curve key`);
  const publicJwk: PublicJwk = { kty, crv, x, y, kid, alg: signingAlgorithm, use: 'sig' };
  return { kid, publicJwk, retiredAt, privateKey: await importCryptoKey(jwk), publicKey: await importCryptoKey({ ...publicJwk }) };
}

async function importCryptoKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error('invariant: signing keys are asymmetric');
  return key;
}
