import { useCallback, useEffect, useState } from 'react';

/** A value that is being fetched, has been, or could not be; `value` stays while it is fetched again. */
export interface Query<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Fetches again now. */
  readonly reload: () => void;
}

export interface QueryOptions<Value> {
  /** Fetches again this long after each answer, while the page is visible; undefined or a function's undefined stops it. */
  readonly refreshMs?: number | ((value: Value) => number | undefined);
}

/**
 * Fetches with `load` when the component appears and whenever `key` changes. `key` names everything that `load` depends on;
 * answers to an older key are dropped.
 */
export function useQuery<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>, options: QueryOptions<Value> = {}): Query<Value> {
  const [state, setState] = useState<{ key: string; value?: Value | undefined; error?: unknown; isLoading: boolean }>({ key, isLoading: true });
  const [generation, setGeneration] = useState(0);
  const reload = useCallback(() => setGeneration((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const schedule = (value: Value | undefined): void => {
      const { refreshMs } = options;
      const delay = typeof refreshMs === 'function' ? (value === undefined ? 5000 : refreshMs(value)) : refreshMs;
      if (delay !== undefined) timer = setTimeout(() => void run(), delay);
    };
    const run = async (): Promise<void> => {
      if (document.hidden && timer !== undefined) {
        timer = setTimeout(() => void run(), 1000);
        return;
      }
      setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
      try {
        const value = await load(abort.signal);
        if (abort.signal.aborted) return;
        setState({ key, value, isLoading: false });
        schedule(value);
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({ key, value: old.key === key ? old.value : undefined, error, isLoading: false }));
        schedule(undefined);
      }
    };
    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
    // `load` and `options` are new on every render; `key` stands for what they depend on.
  }, [key, generation]);

  const current = state.key === key ? state : { isLoading: true };
  return { value: 'value' in current ? current.value : undefined, error: 'error' in current ? current.error : undefined, isLoading: current.isLoading, reload };
}
