import { Button, Card, Field, Input, Link, makeStyles, Spinner, Text, Title2, tokens } from '@fluentui/react-components';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiFailure } from '../api/api-failure.ts';
import { hrefOf, type Route } from '../routes/route.ts';
import { navigate, usePageTitle } from '../routes/use-route.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { focusOnArrival } from '../shell/focus.ts';
import { Wordmark } from '../shell/wordmark.tsx';
import { useServerInfo } from './use-server-info.ts';
import { useSession } from './use-session.tsx';

const useStyles = makeStyles({
  page: { minHeight: '100dvh', boxSizing: 'border-box', overflowY: 'auto', display: 'grid', placeItems: 'center', padding: '24px 16px', backgroundColor: tokens.colorNeutralBackground3 },
  column: { width: '100%', maxWidth: '400px', display: 'grid', gap: '24px' },
  card: { padding: '28px', display: 'grid', gap: '20px' },
  heading: { display: 'grid', gap: '6px' },
  form: { display: 'grid', gap: '16px' },
  foot: { textAlign: 'center', color: tokens.colorNeutralForeground3 },
});

/** Sign in with a name, and with the one-time code of a sign-in link where the server asks for one. */
export function SignInPage({ route }: { readonly route: Route }): ReactNode {
  usePageTitle('Sign in');
  const styles = useStyles();
  const { signIn } = useSession();
  const linkCode = route.screen === 'signIn' ? route.code : undefined;
  const server = useServerInfo();
  const [name, setName] = useState('');
  const [typedCode, setTypedCode] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const isRefused = error instanceof ApiFailure && (error.code === 'SIGN_IN_REFUSED' || error.code === 'SIGN_IN_CODE_INVALID');
  const isCodeAsked = linkCode === undefined && (isRefused || server.value?.developmentSignIn === false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    setError(undefined);
    try {
      await signIn(name.trim(), linkCode ?? (typedCode.trim() === '' ? undefined : codeIn(typedCode.trim())));
      if (route.screen === 'signIn') navigate({ screen: 'call' }, true);
    } catch (failure) {
      setError(failure);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <Wordmark size={36} />
        <Card className={styles.card}>
          <div className={styles.heading}>
            <Title2 as="h1" style={{ margin: 0 }}>Sign in</Title2>
            <Text>{linkCode === undefined ? 'Choose the name others will see.' : 'Your link is good for one sign-in. Choose the name others will see.'}</Text>
          </div>
          <form className={styles.form} onSubmit={(event) => void submit(event)}>
            <Field label="Your name" required>
              <Input size="large" ref={focusOnArrival} autoComplete="name" maxLength={256} value={name} onChange={(_, data) => setName(data.value)} />
            </Field>
            {isCodeAsked ? (
              <Field label="Sign-in link or code" hint="The server prints a link at its start; an operator can make one in the console." required>
                <Input size="large" autoComplete="one-time-code" value={typedCode} onChange={(_, data) => setTypedCode(data.value)} />
              </Field>
            ) : null}
            {error === undefined ? null : <FailureBar error={error} />}
            {server.error === undefined ? null : <FailureBar error={server.error} onRetry={server.reload} />}
            <Button appearance="primary" size="large" type="submit" disabled={isBusy || name.trim() === ''} icon={isBusy ? <Spinner size="tiny" /> : null}>
              Sign in
            </Button>
          </form>
        </Card>
        <Text size={200} className={styles.foot}>
          {server.value === undefined ? '' : `${server.value.name} ${server.value.version} · `}
          Each tab signs in on its own. <Link href={hrefOf({ screen: 'about' })}>About and help</Link>
        </Text>
      </div>
    </main>
  );
}

/** People paste the whole link as often as the code in it. */
function codeIn(text: string): string {
  const match = /[?&]code=([^&\s]+)/.exec(text);
  return match?.[1] === undefined ? text : decodeURIComponent(match[1]);
}
