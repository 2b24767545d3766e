import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { createApiClient, type ApiClient } from '../api/api-client.ts';
import { dropSession, keepSession, readSession, type Session } from './session.ts';
import { useOperatorToken } from './use-operator-token.ts';

/** Who is signed in here, and the means that follow from it. */
export interface SessionState {
  readonly session: Session | undefined;
  readonly operatorToken: string | undefined;
  /** Asks as the user; without a session only public operations answer. */
  readonly api: ApiClient;
  /** Asks as an operator; absent for people who are none. */
  readonly operatorApi: ApiClient | undefined;
  readonly signIn: (displayName: string, code: string | undefined) => Promise<void>;
  readonly signOut: () => void;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

/** Keeps the session per tab, so that two windows can be two people. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [session, setSession] = useState(() => readSession(sessionStorage, Date.now()));
  const [operatorToken, keepOperatorToken] = useOperatorToken();
  const api = useMemo(() => createApiClient(session?.accessToken), [session]);
  const operatorApi = useMemo(() => (operatorToken === undefined ? undefined : createApiClient(operatorToken)), [operatorToken]);

  const signIn = useCallback(async (displayName: string, code: string | undefined): Promise<void> => {
    const { operatorToken: newOperatorToken, ...signedIn } = await createApiClient()('signIn', { body: { displayName, ...(code === undefined ? {} : { code }) } });
    keepSession(sessionStorage, signedIn);
    keepOperatorToken(newOperatorToken);
    setSession(signedIn);
  }, [keepOperatorToken]);
  const signOut = useCallback(() => {
    dropSession(sessionStorage);
    keepOperatorToken(undefined);
    setSession(undefined);
  }, [keepOperatorToken]);

  const state = useMemo(() => ({ session, operatorToken, api, operatorApi, signIn, signOut }), [session, operatorToken, api, operatorApi, signIn, signOut]);
  return <SessionContext value={state}>{children}</SessionContext>;
}

/** The session of this tab. */
export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (state === undefined) throw new Error('useSession outside of SessionProvider');
  return state;
}
