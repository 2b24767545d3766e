import { Badge, Button, Link, makeStyles, Spinner, Switch, Text, tokens, type BadgeProps } from '@fluentui/react-components';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import type { EventSubscription, OperationBody } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { hrefOf } from '../routes/route.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page, Section } from '../shell/page.tsx';
import { ConfirmedDelete } from '../telephony/confirmed-delete.tsx';
import { SimpleTable, type SimpleRow } from '../telephony/simple-table.tsx';
import { useDirectory } from '../telephony/use-directory.ts';
import { formatInstant } from '../text/instant.ts';
import { filterText } from './subscription-filter.ts';
import { SubscriptionForm } from './subscription-form.tsx';

const useStyles = makeStyles({
  state: { display: 'grid', gap: '2px', justifyItems: 'start', padding: '4px 0' },
  note: { color: tokens.colorNeutralForeground3 },
  actions: { display: 'inline-flex', alignItems: 'center', gap: '4px' },
});

/** So that a delivery is seen to come. */
const refreshMs = 4000;

/** Applications that are told of calls between people, and whether they take what they are told; for operators. */
export function SubscriptionsPage(): ReactNode {
  return (
    <Page title="Event subscriptions" actions={<Link href={hrefOf({ screen: 'telephony' })}>Telephony</Link>}>
      <Text>An application can be told of calls between people here while they ring, and answer, redirect or reject them. Calls to a number are told to the application that the number leads to, under Telephony.</Text>
      <OperatorsOnly>{(operatorApi) => <Subscriptions operatorApi={operatorApi} />}</OperatorsOnly>
    </Page>
  );
}

function Subscriptions({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const directory = useDirectory();
  const subscriptions = useQuery('event subscriptions', (signal) => operatorApi('listEventSubscriptions', {}, signal), { refreshMs });
  const [edited, setEdited] = useState<EventSubscription>();
  const put = async (name: string, body: OperationBody<'putEventSubscription'>): Promise<void> => {
    await operatorApi('putEventSubscription', { params: { name }, body });
    setEdited(undefined);
    subscriptions.reload();
  };
  const pause = ({ name, url, filter }: EventSubscription, isPaused: boolean): void => run(() => put(name, { url, ...(filter !== undefined && { filter }), isPaused }));
  const remove = (name: string): void => run(async () => {
    await operatorApi('deleteEventSubscription', { params: { name } });
    subscriptions.reload();
  });
  const rowOf = (each: EventSubscription): SimpleRow => ({
    key: each.name,
    cells: [
      each.name, each.url, filterText(each.filter, directory), <State key="state" subscription={each} />, <LastDelivery key="delivery" subscription={each} />,
      <span key="actions" className={styles.actions}>
        <Switch checked={each.isPaused !== true} aria-label={`Tell ${each.name} of calls`} onChange={(_, { checked }) => pause(each, !checked)} />
        <Button size="small" icon={<EditRegular />} aria-label={`Change ${each.name}`} onClick={() => setEdited(each)} />
        <ConfirmedDelete name={each.name} consequence={`${each.name} is told of no call any more.`} onDelete={() => remove(each.name)} />
      </span>,
    ],
  });
  return (
    <Section title="Subscriptions">
      {subscriptions.error === undefined ? null : <FailureBar error={subscriptions.error} onRetry={subscriptions.reload} />}
      {subscriptions.value === undefined ? (subscriptions.error === undefined ? <Spinner label="Loading the subscriptions" /> : null) : (
        <SimpleTable
          label="Subscriptions" heads={['Name', 'Webhook', 'Is told of', 'State', 'Last delivery', '']}
          empty="No application is told of calls yet. Enter the URL of its webhook: it is asked at once whether it wants to be called, by Event Grid’s validation event." rows={subscriptions.value.value.map(rowOf)}
        />
      )}
      <SubscriptionForm key={edited?.name ?? ''} edited={edited} directory={directory} onPut={put} onCancel={() => setEdited(undefined)} />
    </Section>
  );
}

function State({ subscription: { isPaused, validatedAt } }: { readonly subscription: EventSubscription }): ReactNode {
  const styles = useStyles();
  return (
    <span className={styles.state}>
      {isPaused === true ? <Badge color="informative">paused</Badge> : <Badge color="success">active</Badge>}
      <Text size={200} className={styles.note}>{validatedAt === undefined ? 'not asked yet whether it wants to be called' : `said yes ${formatInstant(validatedAt)}`}</Text>
    </span>
  );
}

const outcomes = {
  taken: { text: 'taken', color: 'success' }, failed: { text: 'not taken', color: 'danger' }, overtaken: { text: 'too late', color: 'informative' },
} as const satisfies Record<NonNullable<EventSubscription['lastDelivery']>['outcome'], { readonly text: string; readonly color: BadgeProps['color'] }>;

function LastDelivery({ subscription: { lastDelivery } }: { readonly subscription: EventSubscription }): ReactNode {
  const styles = useStyles();
  if (lastDelivery === undefined) return <Text size={200} className={styles.note}>none since the server started</Text>;
  const { text, color } = outcomes[lastDelivery.outcome];
  return (
    <span className={styles.state}>
      <Badge color={color}>{text}</Badge>
      <Text size={200} className={styles.note}>{formatInstant(lastDelivery.at)}{lastDelivery.outcome === 'taken' ? '' : `: ${lastDelivery.sentence}`}</Text>
    </span>
  );
}
