import { hash, randomBytes } from 'node:crypto';
import type { Store, StoreTransaction } from '@dialplane/store';

const linkLifetimeMs = 60 * 60_000;
/** The oldest goes when one more is made. */
const maxLinks = 1_000;

export interface SignInCode {
  /** 128 random bits, base64url. Shown once; the store has only its hash. */
  readonly code: string;
  readonly expiresOn: Date;
}

/** What whoever has a code may become. */
export interface SignInLink {
  readonly operator: boolean;
}

/** One-time codes that let somebody sign in from elsewhere. */
export class SignInLinks {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async create(operator: boolean): Promise<SignInCode> {
    const code = randomBytes(16).toString('base64url');
    const now = this.#now();
    const { database } = this.#store;
    const kept = database.selectFrom('sign_in_link').select('code_hash').orderBy('created_at', 'desc').limit(maxLinks);
    await this.#store.write([
      database.insertInto('sign_in_link').values({ code_hash: hashCode(code), is_operator: operator ? 1 : 0, created_at: now, expires_at: now + linkLifetimeMs }),
      database.deleteFrom('sign_in_link').where('expires_at', '<=', now),
      database.deleteFrom('sign_in_link').where('code_hash', 'not in', kept),
    ]);
    return { code, expiresOn: new Date(now + linkLifetimeMs) };
  }

  /** The link of a code; `undefined` when there is none, or no longer. To be used up in the same transaction. */
  async find(transaction: StoreTransaction, code: string): Promise<SignInLink | undefined> {
    const row = await transaction.selectFrom('sign_in_link').select(['is_operator', 'expires_at']).where('code_hash', '=', hashCode(code)).executeTakeFirst();
    return row === undefined || row.expires_at <= this.#now() ? undefined : { operator: row.is_operator === 1 };
  }

  async useUp(transaction: StoreTransaction, code: string): Promise<void> {
    await transaction.deleteFrom('sign_in_link').where('code_hash', '=', hashCode(code)).execute();
  }
}

function hashCode(code: string): string {
  return hash('sha256', code, 'base64url');
}
