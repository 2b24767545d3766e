import { Button, Card, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { CreatedSipDevice, SipDeviceList } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';

const useStyles = makeStyles({
  card: { maxWidth: '640px', display: 'grid', gap: '12px' },
  facts: { display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: '4px 16px', alignItems: 'center', margin: 0, '& dt': { color: tokens.colorNeutralForeground3 }, '& dd': { margin: 0, display: 'flex', gap: '4px', alignItems: 'center', overflowWrap: 'anywhere' } },
  actions: { display: 'flex', gap: '8px', alignItems: 'center' },
});

interface NewCredentialsProps {
  readonly device: CreatedSipDevice;
  readonly registrar: SipDeviceList['registrar'];
  readonly isRegistered: boolean;
  readonly onDismiss: () => void;
}

/** What to enter in a phone. The password is told this once; whether the phone has come is told while it stands here. */
export function NewCredentials({ device: { username, password }, registrar, isRegistered, onDismiss }: NewCredentialsProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const ports = registrar === undefined ? undefined : [`${registrar.port} (UDP or TCP)`, ...(registrar.tlsPort === undefined ? [] : [`${registrar.tlsPort} (TLS)`])].join(', ');
  const fact = (name: string, value: string): ReactNode => (
    <>
      <dt>{name}</dt>
      <dd><code>{value}</code><Button size="small" appearance="subtle" icon={<CopyRegular />} aria-label={`Copy the ${name.toLowerCase()}`} onClick={() => run(() => navigator.clipboard.writeText(value))} /></dd>
    </>
  );
  return (
    <Card className={styles.card} role="region" aria-label="Credentials of the new phone">
      <Text weight="semibold">Enter these in the phone. The password is shown here only.</Text>
      <dl className={styles.facts}>
        {fact('Server', window.location.hostname)}
        {ports === undefined ? null : <><dt>Port</dt><dd>{ports}</dd></>}
        {fact('User name', username)}
        {fact('Password', password)}
      </dl>
      <span className={styles.actions}>
        <Button onClick={onDismiss}>Done</Button>
        <Text role="status">{isRegistered ? 'The phone has registered.' : 'Waiting for the phone to register…'}</Text>
      </span>
    </Card>
  );
}
