import { Button, Card, Checkbox, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { SignInLink } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useCommand } from '../calling/use-command.ts';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page, Section } from '../shell/page.tsx';
import { CertificateInstructions, ServerFacts } from '../about/server-facts.tsx';
import { StartedWith } from './started-with.tsx';

const useStyles = makeStyles({
  card: { padding: '20px', display: 'grid', gap: '12px', justifyItems: 'start', maxWidth: '720px' },
  link: { display: 'flex', gap: '8px', width: '100%', alignItems: 'end', flexWrap: 'wrap' },
  field: { flex: '1 1 260px' },
});

/** What operators do here: let people in, see what the server is, give its certificate authority away. */
export function OperatorPage(): ReactNode {
  return (
    <Page title="Operator">
      <OperatorsOnly>{(operatorApi) => <Section title="Let somebody in"><SignInLinkCard operatorApi={operatorApi} /></Section>}</OperatorsOnly>
      <Section title="Server"><ServerFacts /></Section>
      <Section title="A second computer"><CertificateInstructions /></Section>
      <OperatorsOnly>{(operatorApi) => <Section title="Options that the server was started with"><StartedWith operatorApi={operatorApi} /></Section>}</OperatorsOnly>
    </Page>
  );
}

function SignInLinkCard({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [isOperator, setIsOperator] = useState(false);
  const [link, setLink] = useState<SignInLink>();
  const [isCopied, setIsCopied] = useState(false);
  const create = (): void => run(async () => {
    setLink(await operatorApi('createSignInLink', { body: isOperator ? { operator: true } : {} }));
    setIsCopied(false);
  });
  const copy = (url: string): void => run(async () => {
    await navigator.clipboard.writeText(url);
    setIsCopied(true);
  });
  return (
    <Card className={styles.card}>
      <Text>A sign-in link lets one person sign in once, from any computer that reaches this server.</Text>
      <Checkbox label="This person may operate the server too" checked={isOperator} onChange={(_, { checked }) => setIsOperator(checked === true)} />
      <Button appearance="primary" onClick={create}>Make a sign-in link</Button>
      {link === undefined ? null : (
        <>
          <div className={styles.link}>
            <Field className={styles.field} label="Link, good for one sign-in"><Input readOnly value={link.url} onFocus={({ currentTarget }) => currentTarget.select()} /></Field>
            <Button icon={<CopyRegular />} onClick={() => copy(link.url)}>{isCopied ? 'Copied' : 'Copy'}</Button>
          </div>
          <Text size={200} style={{ color: tokens.colorNeutralForeground3 }}>Good until {new Date(link.expiresOn).toLocaleString()}.</Text>
        </>
      )}
    </Card>
  );
}
