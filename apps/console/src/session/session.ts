/** Who this tab is signed in as. */
export interface Session {
  readonly identifier: string;
  readonly displayName: string;
  readonly accessToken: string;
  /** ISO 8601. */
  readonly expiresOn: string;
}

/** The part of `Storage` a session needs. */
export type SessionStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const sessionKey = 'dialplane.session';
const operatorKey = 'dialplane.operator-token';

/** The kept session, or undefined when there is none, it is damaged, or its token expires within a minute of `now` (ms). */
export function readSession(store: SessionStore, now: number): Session | undefined {
  try {
    const kept = JSON.parse(store.getItem(sessionKey) ?? 'null') as Partial<Session> | null;
    const { identifier, displayName, accessToken, expiresOn } = kept ?? {};
    const isWhole = typeof identifier === 'string' && typeof displayName === 'string' && typeof accessToken === 'string' && typeof expiresOn === 'string';
    return isWhole && Date.parse(expiresOn) - now > 60_000 ? { identifier, displayName, accessToken, expiresOn } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the session for this tab. The operator's token lives under a key of its own: what only calls never reads it. */
export function keepSession(store: SessionStore, session: Session): void {
  store.setItem(sessionKey, JSON.stringify(session));
}

/** Keeps the operator's token for this tab; undefined forgets it. */
export function keepOperatorToken(store: SessionStore, operatorToken: string | undefined): void {
  if (operatorToken === undefined) store.removeItem(operatorKey);
  else store.setItem(operatorKey, operatorToken);
}

export function readOperatorToken(store: SessionStore): string | undefined {
  return store.getItem(operatorKey) ?? undefined;
}

/** Forgets the session; the operator's token is forgotten with `keepOperatorToken`. */
export function dropSession(store: SessionStore): void {
  store.removeItem(sessionKey);
}
