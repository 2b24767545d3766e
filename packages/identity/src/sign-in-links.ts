import { hash, randomBytes } from 'node:crypto';
import type { Store } from '@dialplane/store';

const linkLifetimeMs = 60 * 60_000;
/** The oldest goes when one more is made. */
const maxLinks = 1_000;

export interface SignInCode {
  /** 128 random bits, base64url. Shown once; the store has only its hash. */
  readonly code: string;
  readonly expiresOn: Date;
}

export type RedeemSignInLinkResult = { readonly ok: true; readonly operator: boolean } | { readonly ok: false; readonly code: 'SIGN_IN_CODE_INVALID' };

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

  /** Uses a code up. Of two that redeem it at once, one succeeds. */
  async redeem(code: string): Promise<RedeemSignInLinkResult> {
    const row = await this.#store.database
      .deleteFrom('sign_in_link')
      .where('code_hash', '=', hashCode(code))
      .returning(['is_operator', 'expires_at'])
      .executeTakeFirst();
    if (row === undefined || row.expires_at <= this.#now()) return { ok: false, code: 'SIGN_IN_CODE_INVALID' };
    return { ok: true, operator: row.is_operator === 1 };
  }
}

function hashCode(code: string): string {
  return hash('sha256', code, 'base64url');
}
