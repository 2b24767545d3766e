import { makeStyles, Title2, Title3 } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { usePageTitle } from '../routes/use-route.ts';

const useStyles = makeStyles({
  page: { width: '100%', maxWidth: '1320px', margin: '0 auto', flexShrink: 0, padding: '24px 32px 48px', boxSizing: 'border-box', display: 'grid', gap: '24px', alignContent: 'start', gridTemplateColumns: 'minmax(0, 1fr)', '@media (max-width: 719px)': { padding: '16px 16px 32px', gap: '16px' }, '@media print': { padding: 0 } },
  head: { display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', alignItems: 'center', gap: '12px' },
  title: { margin: 0 },
  actions: { display: 'flex', gap: '8px', flexWrap: 'wrap', '& > a + a': { marginLeft: '12px' } },
  section: { display: 'grid', gap: '12px', gridTemplateColumns: 'minmax(0, 1fr)' },
});

/** A page of the console: its title, what can be done with all of it, and its sections. */
export function Page({ title, actions, children }: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }): ReactNode {
  usePageTitle(title);
  const styles = useStyles();
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <Title2 as="h1" className={styles.title}>{title}</Title2>
        {actions === undefined ? null : <div className={`${styles.actions} no-print`}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A section of a page under its own heading. */
export function Section({ title, actions, children }: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <Title3 as="h2" className={styles.title}>{title}</Title3>
        {actions === undefined ? null : <div className={`${styles.actions} no-print`}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
