import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  scroller: {
    overflowX: 'auto', border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusLarge, backgroundColor: tokens.colorNeutralBackground1,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
});

/** Around a table that may be wider than the window, which then scrolls by finger, wheel and arrow keys. */
export function TableScroller({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  // Nothing in it takes the focus, without which the arrow keys would not reach it.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  return <div className={styles.scroller} tabIndex={0} role="group" aria-label={label}>{children}</div>;
}
