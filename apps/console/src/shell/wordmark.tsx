import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  root: { display: 'flex', alignItems: 'center', gap: '10px', color: tokens.colorNeutralForeground1, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, letterSpacing: '-0.01em' },
});

/** The mark and the name. The mark is a ladder with one signal each way. */
export function Wordmark({ size = 28, isMarkOnly = false }: { readonly size?: number; readonly isMarkOnly?: boolean }): ReactNode {
  const styles = useStyles();
  return (
    <span className={styles.root}>
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0b7a87" />
        <path d="M7 22V10M25 22V10" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
        <path d="M7 12.5h15m0 0-3.4-3.4M22 12.5l-3.4 3.4M25 19.5H10m0 0 3.4-3.4M10 19.5l3.4 3.4" fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {isMarkOnly ? null : 'Dialplane'}
    </span>
  );
}
