import { useCallback, useState, useSyncExternalStore } from 'react';

/** What the person chose: one of the two, or whatever the system says. */
export type Appearance = 'system' | 'light' | 'dark';

const storageKey = 'dialplane.appearance';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
const subscribe = (listener: () => void): (() => void) => {
  systemIsDark.addEventListener('change', listener);
  return () => systemIsDark.removeEventListener('change', listener);
};

const read = (): Appearance => {
  const kept = localStorage.getItem(storageKey);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

/** The choice, what follows from it now, and how to change it; kept for the browser. */
export function useAppearance(): { readonly appearance: Appearance; readonly isDark: boolean; readonly choose: (appearance: Appearance) => void } {
  const [appearance, setAppearance] = useState(read);
  const isSystemDark = useSyncExternalStore(subscribe, () => systemIsDark.matches);
  const choose = useCallback((next: Appearance) => {
    localStorage.setItem(storageKey, next);
    setAppearance(next);
  }, []);
  return { appearance, isDark: appearance === 'system' ? isSystemDark : appearance === 'dark', choose };
}
