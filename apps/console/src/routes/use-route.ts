import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { hrefOf, parseRoute, type Route } from './route.ts';

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

/** The screen the URL names now. */
export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(fragment), [fragment]);
}

/** Goes to a screen; `replace` leaves no way back to the present one. */
export function navigate(route: Route, replace = false): void {
  const href = hrefOf(route);
  if (!replace) {
    window.location.hash = href;
    return;
  }
  window.history.replaceState(null, '', href);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Names the page in the browser's title while the calling component is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Dialplane`;
  }, [title]);
}
