import { randomUUID } from 'node:crypto';
import type { Store } from '@dialplane/store';
import type { TokenKind, TokenSigner } from './token-signer.ts';

export const operatorTokenKind: TokenKind = { type: 'operator+jwt', audience: 'urn:dialplane:operator' };

/** How long one operator token lasts, and for how long it can be renewed before signing in again. */
const tokenLifetimeMs = 60 * 60_000;
const sessionLifetimeMs = 12 * 60 * 60_000;
/** The oldest session ends when one more begins. */
const maxSessions = 1_000;

export interface OperatorToken {
  readonly token: string;
  readonly expiresOn: Date;
}

export type OperatorTokenVerification =
  | { readonly ok: true; readonly operatorId: string; readonly expiresAt: Date; readonly tokenId: string }
  | { readonly ok: false; readonly code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED' };

interface OperatorSession {
  readonly id: string;
  readonly operatorId: string;
  readonly expiresAt: number;
}

/**
 * People who operate the server. Their tokens are of another kind than users' (other `typ`, other audience), so that neither
 * passes as the other, and belong to a session that can be ended at once.
 */
export class OperatorSessions {
  readonly #store: Store;
  readonly #signer: TokenSigner;
  readonly #now: () => number;
  readonly #sessions: Map<string, OperatorSession>;

  private constructor(store: Store, signer: TokenSigner, now: () => number, sessions: Map<string, OperatorSession>) {
    this.#store = store;
    this.#signer = signer;
    this.#now = now;
    this.#sessions = sessions;
  }

  static async open(store: Store, signer: TokenSigner, now: () => number): Promise<OperatorSessions> {
    const rows = await store.database.selectFrom('operator_session').selectAll().where('expires_at', '>', now()).orderBy('created_at').execute();
    return new OperatorSessions(store, signer, now, new Map(rows.map((row) => [row.id, { id: row.id, operatorId: row.operator_id, expiresAt: row.expires_at }])));
  }

  /** Begins a session. @param operatorId who it is, for records; often the raw identifier of the same person as a user. */
  async begin(operatorId: string): Promise<OperatorToken> {
    const now = this.#now();
    const session: OperatorSession = { id: randomUUID(), operatorId, expiresAt: now + sessionLifetimeMs };
    const over = [...this.#sessions.values()].filter((other, index) => other.expiresAt <= now || index <= this.#sessions.size - maxSessions);
    const { database } = this.#store;
    await this.#store.write([
      database.insertInto('operator_session').values({ id: session.id, operator_id: operatorId, created_at: now, expires_at: session.expiresAt }),
      ...over.map(({ id }) => database.deleteFrom('operator_session').where('id', '=', id)),
    ]);
    for (const { id } of over) this.#sessions.delete(id);
    this.#sessions.set(session.id, session);
    return this.#sign(session);
  }

  async verify(token: string): Promise<OperatorTokenVerification> {
    const found = await this.#find(token);
    if (!found.ok) return found;
    return { ok: true, operatorId: found.session.operatorId, expiresAt: found.expiresAt, tokenId: found.tokenId };
  }

  /** A new token of the same session, until the session's own end. */
  async renew(token: string): Promise<({ readonly ok: true } & OperatorToken) | Extract<OperatorTokenVerification, { ok: false }>> {
    const found = await this.#find(token);
    return found.ok ? { ok: true, ...(await this.#sign(found.session)) } : found;
  }

  /** Ends the session of this token: all its tokens are revoked. */
  async end(token: string): Promise<void> {
    const found = await this.#find(token);
    if (found.ok) await this.#remove([found.session]);
  }

  /** Ends every session of an operator. */
  async endAllOf(operatorId: string): Promise<void> {
    await this.#remove([...this.#sessions.values()].filter((session) => session.operatorId === operatorId));
  }

  async #remove(sessions: readonly OperatorSession[]): Promise<void> {
    if (sessions.length === 0) return;
    await this.#store.write(sessions.map(({ id }) => this.#store.database.deleteFrom('operator_session').where('id', '=', id)), 'powerLoss');
    for (const { id } of sessions) this.#sessions.delete(id);
  }

  async #find(token: string): Promise<{ readonly ok: true; readonly session: OperatorSession; readonly expiresAt: Date; readonly tokenId: string } | Extract<OperatorTokenVerification, { ok: false }>> {
    const signature = await this.#signer.verify(token);
    if (!signature.ok) return signature;
    const { sid, jti, exp = 0 } = signature.claims;
    const session = typeof sid === 'string' ? this.#sessions.get(sid) : undefined;
    if (session === undefined || jti === undefined) return { ok: false, code: 'TOKEN_REVOKED' };
    return { ok: true, session, expiresAt: new Date(exp * 1000), tokenId: jti };
  }

  async #sign(session: OperatorSession): Promise<OperatorToken> {
    const now = this.#now();
    const exp = Math.floor(Math.min(now + tokenLifetimeMs, session.expiresAt) / 1000);
    const token = await this.#signer.sign({ sub: session.operatorId, sid: session.id, jti: randomUUID(), iat: Math.floor(now / 1000), exp });
    return { token, expiresOn: new Date(exp * 1000) };
  }
}
