import { Button, Link, makeStyles, Text } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { hrefOf } from '../routes/route.ts';
import { Page, Section } from '../shell/page.tsx';
import { CertificateInstructions, ServerFacts } from './server-facts.tsx';

const useStyles = makeStyles({
  standalone: { height: '100%', overflowY: 'auto' },
  keys: { display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '6px 20px', margin: 0, '& dd': { margin: 0 } },
});

const keys: readonly (readonly [key: string, what: string])[] = [
  ['M', 'mute and unmute'], ['V', 'camera on and off'], ['S', 'share the screen'], ['H', 'hold and resume'], ['R', 'raise and lower your hand'],
  ['Enter', 'answer a call that rings'], ['Esc', 'decline it'], ['↑ ↓', 'walk through a call flow'],
];

/** Help: what this is, its keys, how a second computer gets in, and where the rest is written. */
export function AboutPage({ isStandalone = false }: { readonly isStandalone?: boolean }): ReactNode {
  const styles = useStyles();
  const page = (
    <Page title="About and help" actions={isStandalone ? <Button onClick={() => { window.location.hash = hrefOf({ screen: 'call' }); }}>Sign in</Button> : undefined}>
      <Text style={{ maxWidth: '72ch' }}>
        Dialplane is a calling system of your own. Media takes the best way between two people: straight, through the address translation of their networks, or through the relay. For every call it writes down each
        signal, each path tried and where media began and stopped: that is the call flow.
      </Text>
      <Section title="Keys">
        <dl className={styles.keys}>{keys.map(([key, what]) => <div key={key} style={{ display: 'contents' }}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      </Section>
      <Section title="This server"><ServerFacts /></Section>
      <Section title="A second computer"><CertificateInstructions /></Section>
      <Section title="For developers">
        <Text style={{ maxWidth: '72ch' }}>
          The console uses nothing but the public API and the client library, which has the names and the behaviour of <code>@azure/communication-calling</code>: an import alias is the whole migration. The{' '}
          <Link href="/openapi.json" target="_blank" rel="noreferrer">OpenAPI document</Link> describes every operation; README and docs in the repository describe the rest.
        </Text>
      </Section>
    </Page>
  );
  return isStandalone ? <main className={styles.standalone}>{page}</main> : page;
}
