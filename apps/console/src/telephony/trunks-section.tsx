import { Badge, makeStyles, Spinner, Switch, Text, tokens } from '@fluentui/react-components';
import type { OperationBody, Trunk, TrunkList } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import type { Query } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { formatInstant } from '../text/instant.ts';
import { ConfirmedDelete } from './confirmed-delete.tsx';
import { NewTrunk } from './new-trunk.tsx';
import { SimpleTable, type SimpleRow } from './simple-table.tsx';
import { settingsOf } from './trunk-settings.ts';

const useStyles = makeStyles({
  health: { display: 'grid', gap: '2px', justifyItems: 'start', padding: '4px 0' },
  reason: { color: tokens.colorNeutralForeground3 },
  actions: { display: 'inline-flex', alignItems: 'center', gap: '4px' },
});

const badgeColors = { online: 'success', warning: 'warning', unknown: 'informative', disabled: 'subtle' } as const satisfies Record<Trunk['health']['state'], string>;

interface TrunksSectionProps {
  readonly operatorApi: ApiClient;
  /** Fetched again and again: it tells the health. */
  readonly trunks: Query<TrunkList>;
}

/** The carriers and session border controllers that this server is connected to, and whether they are there. */
export function TrunksSection({ operatorApi, trunks }: TrunksSectionProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const put = async (name: string, body: OperationBody<'putTrunk'>): Promise<void> => {
    await operatorApi('putTrunk', { params: { trunk: name }, body });
    trunks.reload();
  };
  const remove = (name: string): void => run(async () => {
    await operatorApi('deleteTrunk', { params: { trunk: name } });
    trunks.reload();
  });
  const rowOf = (trunk: Trunk): SimpleRow => {
    const { name, transport, port, addresses, health, isEnabled } = trunk;
    return {
      key: name, words: `${health.state} ${health.reason ?? ''}`,
      cells: [
        name,
        `${addresses.length === 0 ? name : addresses.join(', ')}:${port} ${transport.toUpperCase()}`,
        <span key="health" className={styles.health}>
          <Badge color={badgeColors[health.state]}>{health.state}</Badge>
          {health.reason === undefined ? null : <Text size={200} className={styles.reason}>{health.reason}</Text>}
        </span>,
        health.registration,
        health.activeLines,
        health.lastSeenAt === undefined ? 'never' : formatInstant(health.lastSeenAt),
        <span key="actions" className={styles.actions}>
          <Switch checked={isEnabled} aria-label={`Use ${name}`} onChange={() => run(() => put(name, { ...settingsOf(trunk), isEnabled: !isEnabled }))} />
          <ConfirmedDelete name={name} consequence={`No call goes to ${name} or comes from it any more.`} onDelete={() => remove(name)} />
        </span>,
      ],
    };
  };
  return (
    <Section title="Trunks">
      {trunks.error === undefined ? null : <FailureBar error={trunks.error} onRetry={trunks.reload} />}
      {trunks.value === undefined ? <Spinner label="Loading the trunks" /> : (
        <SimpleTable
          label="Trunks" heads={['Trunk', 'Reached at', 'Health', 'Registration', 'Lines', 'Last heard', '']}
          empty="No trunk yet: this server telephones with nobody. Add your carrier or exchange here; to try it without one, start the server with --demo-carrier." rows={trunks.value.value.map(rowOf)}
        />
      )}
      <NewTrunk operatorApi={operatorApi} onPut={put} />
    </Section>
  );
}
