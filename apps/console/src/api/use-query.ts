import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';

/** A value that is being fetched, has been, or could not be; `value` stays while it is fetched again. */
export interface Query<Value> {
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Fetches again now. */
  readonly reload: () => void;
}

export interface QueryOptions<Value> {
  /** Fetches again this long after each answer, while the page is visible; undefined never. */
  readonly refreshMs?: number | ((value: Value) => number | undefined);
}

/** How long after a failure a query with `refreshMs` tries again. */
const retryMs = 5000;

interface QueryState<Value> {
  readonly key: string;
  readonly value?: Value | undefined;
  readonly error?: unknown;
  readonly isLoading: boolean;
}

/**
 * Fetches with `load` when the component appears and whenever `key` changes. `key` names everything that `load` depends on;
 * answers to an older key are dropped.
 */
export function useQuery<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>, options: QueryOptions<Value> = {}): Query<Value> {
  const [state, setState] = useState<QueryState<Value>>({ key, isLoading: true });
  const runNow = useRef<() => void>(undefined);
  const reload = useCallback(() => runNow.current?.(), []);
  const loadValue = useEffectEvent(load);
  const delayAfter = useEffectEvent((value: Value | undefined): number | undefined => {
    const { refreshMs } = options;
    if (typeof refreshMs !== 'function') return refreshMs;
    return value === undefined ? retryMs : refreshMs(value);
  });

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const schedule = (delay: number | undefined): void => {
      clearTimeout(timer);
      timer = delay === undefined || abort.signal.aborted ? undefined : setTimeout(() => (document.hidden ? schedule(delay) : void run()), delay);
    };
    const run = async (): Promise<void> => {
      clearTimeout(timer);
      setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
      try {
        const value = await loadValue(abort.signal);
        if (abort.signal.aborted) return;
        setState({ key, value, isLoading: false });
        schedule(delayAfter(value));
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({ key, value: old.key === key ? old.value : undefined, error, isLoading: false }));
        schedule(delayAfter(undefined));
      }
    };
    runNow.current = () => void run();
    void run();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key]);

  const current: QueryState<Value> = state.key === key ? state : { key, isLoading: true };
  return { value: current.value, error: current.error, isLoading: current.isLoading, reload };
}
