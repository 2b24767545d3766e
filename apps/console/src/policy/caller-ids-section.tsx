import { Card, makeStyles, Switch, Text, tokens } from '@fluentui/react-components';
import type { DialingPolicy, TelephoneNumber } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { SimpleTable } from '../telephony/simple-table.tsx';
import type { ChangePolicy } from './policy-page.tsx';

const useStyles = makeStyles({ card: { padding: '20px', maxWidth: '720px' }, note: { color: tokens.colorNeutralForeground3 } });

interface CallerIdsProps {
  readonly policy: DialingPolicy;
  readonly numbers: readonly TelephoneNumber[];
  readonly onChange: ChangePolicy;
}

/** What the called party may be shown. */
export function CallerIdsSection({ policy, numbers, onChange }: CallerIdsProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const anonymous = (isAllowed: boolean): void => run(() => onChange((latest) => ({ ...latest, anonymousCalls: isAllowed ? 'allowed' : 'barred' })));
  return (
    <Section title="Caller ids">
      <Card className={styles.card}>
        <Switch label="Callers may hide their number" checked={policy.anonymousCalls === 'allowed'} onChange={(_, { checked }) => anonymous(checked)} />
        <Text size={200} className={styles.note}>Carriers still see a number of yours; the called party does not. Many people answer no hidden number.</Text>
      </Card>
      <SimpleTable
        label="Caller ids" heads={['Number', 'May be shown', 'By']} empty="This server has no number, so nobody can be called: add one under Trunks, numbers and routes."
        rows={numbers.map((each) => ({ key: each.number, cells: [each.number, mayBeShown(each), each.trunk ?? 'any trunk'] }))}
      />
      <Text size={200} className={styles.note}>Who calls shows one of these numbers, and never another. Whether one is for outgoing calls is set where it is changed.</Text>
    </Section>
  );
}

function mayBeShown({ state, calling }: TelephoneNumber): string {
  if (state === 'pool') return 'no: it waits to be claimed';
  return calling === 'outbound' || calling === 'inbound+outbound' ? 'yes' : 'no: it is not for outgoing calls';
}
