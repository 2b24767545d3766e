import { createContext, useContext, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';

/** What the person chose: one of the two, or whatever the system says. */
export type Appearance = 'system' | 'light' | 'dark';

/** The choice, what follows from it now, and how to change it. */
export interface AppearanceState {
  readonly appearance: Appearance;
  readonly isDark: boolean;
  readonly choose: (appearance: Appearance) => void;
}

const storageKey = 'dialplane.appearance';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
/** Paper is light. */
const isPrinting = window.matchMedia('print');
const subscribe = (listener: () => void): (() => void) => {
  const watched = [systemIsDark, isPrinting];
  for (const media of watched) media.addEventListener('change', listener);
  return () => {
    for (const media of watched) media.removeEventListener('change', listener);
  };
};

const read = (): Appearance => {
  const kept = localStorage.getItem(storageKey);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

const AppearanceContext = createContext<AppearanceState | undefined>(undefined);

/** Keeps the choice for this browser. */
export function AppearanceProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [appearance, setAppearance] = useState(read);
  const isSystemDark = useSyncExternalStore(subscribe, () => systemIsDark.matches);
  const isOnPaper = useSyncExternalStore(subscribe, () => isPrinting.matches);
  const state = useMemo(() => {
    const choose = (next: Appearance): void => {
      localStorage.setItem(storageKey, next);
      setAppearance(next);
    };
    const isDark = !isOnPaper && (appearance === 'system' ? isSystemDark : appearance === 'dark');
    return { appearance, isDark, choose };
  }, [appearance, isSystemDark, isOnPaper]);
  return <AppearanceContext value={state}>{children}</AppearanceContext>;
}

/** The appearance of the console. */
export function useAppearance(): AppearanceState {
  const state = useContext(AppearanceContext);
  if (state === undefined) throw new Error('useAppearance outside of AppearanceProvider');
  return state;
}
