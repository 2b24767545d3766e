import { useCallback, useSyncExternalStore } from 'react';

/** Whether the window is at most `maxWidth` CSS pixels wide; below 720 everything is laid out for a phone. */
export function useIsNarrow(maxWidth = 719): boolean {
  const query = `(max-width: ${maxWidth}px)`;
  const subscribe = useCallback((listener: () => void) => {
    const media = window.matchMedia(query);
    media.addEventListener('change', listener);
    return () => media.removeEventListener('change', listener);
  }, [query]);
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
