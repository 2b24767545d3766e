import { Button, Card, Field, Input, makeStyles, Spinner, Switch, Text, tokens } from '@fluentui/react-components';
import type { RelaySettings } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';

const useStyles = makeStyles({
  card: { padding: '20px', display: 'grid', gap: '12px', justifyItems: 'start', maxWidth: '720px' },
  fields: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'end' },
  note: { color: tokens.colorNeutralForeground3 },
});

/** Whether the relay is on, and what it costs. */
export function RelaySettingsCard({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const settings = useQuery('relay settings', (signal) => operatorApi('getRelaySettings', {}, signal));
  if (settings.value === undefined) return settings.error === undefined ? <Spinner label="Loading the settings" /> : <FailureBar error={settings.error} onRetry={settings.reload} />;
  return <Settings key={JSON.stringify(settings.value)} settings={settings.value} onChange={async (change) => { await operatorApi('updateRelaySettings', { body: change }); settings.reload(); }} />;
}

function Settings({ settings, onChange }: { readonly settings: RelaySettings; readonly onChange: (change: Partial<RelaySettings>) => Promise<void> }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [rate, setRate] = useState(String(settings.rate));
  const [currency, setCurrency] = useState(settings.currency);
  const typedRate = Number(rate.replace(',', '.'));
  const isRate = rate.trim() !== '' && Number.isFinite(typedRate) && typedRate >= 0;
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  const isChanged = typedRate !== settings.rate || currency !== settings.currency;
  return (
    <Card className={styles.card}>
      <Switch label="The relay carries media where there is no direct path" checked={settings.isEnabled} onChange={(_, { checked }) => run(() => onChange({ isEnabled: checked }))} />
      <Text size={200} className={styles.note}>Turned off, what is being relayed ends, and a call without a direct path ends with 410/3112. STUN stays on; it is free.</Text>
      <div className={styles.fields}>
        <Field label="Rate per GB, both directions" {...(isRate ? {} : { validationMessage: 'A number from 0 on.' })}><Input value={rate} inputMode="decimal" onChange={(_, { value }) => setRate(value)} /></Field>
        <Field label="Currency (ISO 4217)" {...(isCurrency ? {} : { validationMessage: 'Three letters, such as EUR.' })}><Input value={currency} onChange={(_, { value }) => setCurrency(value.toUpperCase())} /></Field>
        <Button appearance="primary" disabled={!isRate || !isCurrency || !isChanged} onClick={() => run(() => onChange({ rate: typedRate, currency }))}>Set the rate</Button>
      </div>
      <Text size={200} className={styles.note}>A new rate holds for what begins from now on.</Text>
    </Card>
  );
}
