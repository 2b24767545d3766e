import { Button, Field, Input, makeStyles, Radio, RadioGroup, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import type { RelayUsageRow } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { toCsv } from '../calls/csv.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page, Section } from '../shell/page.tsx';
import { downloadText } from '../text/download.ts';
import { RelaySettingsCard } from './relay-settings-card.tsx';
import { instantsOf, recentDays } from './usage-period.ts';
import { rowOfRecord, rowOfSum, usageHeads, usageViews, type UsageRow, type UsageView } from './usage-rows.ts';
import { UsageTable } from './usage-table.tsx';

const useStyles = makeStyles({ filters: { display: 'flex', flexWrap: 'wrap', gap: '12px 24px', alignItems: 'end' } });

type Period = NonNullable<ReturnType<typeof instantsOf>>;
const refreshMs = 10_000;

/** Who used the relay, how much, and what that costs; for operators. */
export function UsagePage(): ReactNode {
  return (
    <Page title="Relay usage">
      <OperatorsOnly>
        {(operatorApi) => (
          <>
            <Usage operatorApi={operatorApi} />
            <Section title="Relay"><RelaySettingsCard operatorApi={operatorApi} /></Section>
          </>
        )}
      </OperatorsOnly>
    </Page>
  );
}

function Usage({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [days, setDays] = useState(() => recentDays(Date.now()));
  const [view, setView] = useState<UsageView>('day');
  const period = instantsOf(days);
  const usage = useQuery(`usage ${view} ${period?.from} ${period?.to}`, (signal) => (period === undefined ? Promise.resolve([]) : loadRows(operatorApi, view, period, signal)), { refreshMs });
  const downloadLedger = (): void => run(async () => {
    if (period !== undefined) downloadText('relay-ledger.csv', 'text/csv', toCsv(await loadLedger(operatorApi, period)));
  });
  return (
    <Section
      title={usageViews[view]}
      actions={
        <>
          <Button icon={<ArrowDownloadRegular />} disabled={(usage.value ?? []).length === 0} onClick={() => downloadText(`relay-usage-${view}.csv`, 'text/csv', toCsv(usage.value ?? []))}>CSV</Button>
          <Button icon={<ArrowDownloadRegular />} disabled={period === undefined} onClick={downloadLedger}>Ledger as CSV</Button>
        </>
      }
    >
      <div className={styles.filters}>
        <Field label="From (UTC)"><Input type="date" value={days.firstDay} max={days.lastDay} onChange={(_, { value }) => setDays({ ...days, firstDay: value })} /></Field>
        <Field label="To, included" {...(period === undefined ? { validationMessage: 'Choose a day that is not before the first.' } : {})}><Input type="date" value={days.lastDay} min={days.firstDay} onChange={(_, { value }) => setDays({ ...days, lastDay: value })} /></Field>
        <RadioGroup layout="horizontal" aria-label="Sum up" value={view} onChange={(_, { value }) => setView(value as UsageView)}>
          {Object.entries(usageViews).map(([value, label]) => <Radio key={value} value={value} label={label} />)}
        </RadioGroup>
      </div>
      {usage.error === undefined ? null : <FailureBar error={usage.error} onRetry={usage.reload} />}
      {usage.value === undefined ? (usage.isLoading ? <Spinner label="Adding up" /> : null) : <UsageTable rows={usage.value} label="Relay usage" head={usageHeads[view]} />}
    </Section>
  );
}

async function loadRows(operatorApi: ApiClient, view: UsageView, period: Period, signal: AbortSignal): Promise<readonly UsageRow[]> {
  if (view !== 'allocation') return (await operatorApi('sumRelayUsage', { query: { ...period, groupBy: view } }, signal)).value.map(rowOfSum);
  return (await operatorApi('listRelayUsageRecords', { query: { ...period, limit: 500 } }, signal)).value.map(rowOfRecord);
}

/** Every row of the ledger in the period, page after page. */
async function loadLedger(operatorApi: ApiClient, period: Period): Promise<readonly RelayUsageRow[]> {
  const rows: RelayUsageRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await operatorApi('listRelayUsage', { query: { ...period, limit: 5000, ...(cursor === undefined ? {} : { cursor }) } });
    rows.push(...page.value);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return rows;
}
