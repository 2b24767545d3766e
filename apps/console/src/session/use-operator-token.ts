import { useCallback, useEffect, useState } from 'react';
import { createApiClient } from '../api/api-client.ts';
import { ApiFailure } from '../api/api-failure.ts';
import { keepOperatorToken, readOperatorToken } from './session.ts';

/** An operator's token lasts an hour, the session behind it longer. */
const renewalMs = 30 * 60 * 1000;

/**
 * The operator's token of this tab, renewed while the tab is open, and dropped when the server no longer takes it: the person
 * then goes on without being an operator.
 */
export function useOperatorToken(): readonly [token: string | undefined, keep: (token: string | undefined) => void] {
  const [token, setToken] = useState(() => readOperatorToken(sessionStorage));
  const keep = useCallback((next: string | undefined) => {
    keepOperatorToken(sessionStorage, next);
    setToken(next);
  }, []);
  const isOperator = token !== undefined;
  useEffect(() => {
    if (!isOperator) return undefined;
    const abort = new AbortController();
    const renew = async (): Promise<void> => {
      const current = readOperatorToken(sessionStorage);
      if (current === undefined) return;
      try {
        keep((await createApiClient(current)('renewOperatorToken', {}, abort.signal)).operatorToken);
      } catch (error) {
        if (error instanceof ApiFailure && (error.status === 401 || error.status === 403)) keep(undefined);
      }
    };
    void renew();
    const timer = setInterval(() => void renew(), renewalMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [isOperator, keep]);
  return [token, keep];
}
