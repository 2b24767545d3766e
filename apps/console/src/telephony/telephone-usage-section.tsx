import { Button, Radio, RadioGroup, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import type { DirectoryEntry, TelephoneUsageSum } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { toCsv } from '../calls/csv.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { downloadText } from '../text/download.ts';
import { formatMoney } from '../usage/usage-rows.ts';
import { nameInDirectory } from './named-people.ts';
import { SimpleTable } from './simple-table.tsx';

const groupings = { day: 'Per day', trunk: 'Per trunk', number: 'Per number', user: 'Per user' } as const;
const groupingHeads = { day: 'Day', trunk: 'Trunk', number: 'Own number', user: 'Person' } as const;
type Grouping = keyof typeof groupings;
const refreshMs = 10_000;

/** Minutes on the telephone and what they cost. */
export function TelephoneUsageSection({ operatorApi, directory }: { readonly operatorApi: ApiClient; readonly directory: readonly DirectoryEntry[] }): ReactNode {
  const [grouping, setGrouping] = useState<Grouping>('day');
  const sums = useQuery(`telephone usage ${grouping}`, (signal) => operatorApi('sumTelephoneUsage', { query: { groupBy: grouping } }, signal), { refreshMs });
  const rows = sums.value?.value ?? [];
  return (
    <Section title="Telephone usage" actions={<Button icon={<ArrowDownloadRegular />} disabled={rows.length === 0} onClick={() => downloadText(`telephone-usage-${grouping}.csv`, 'text/csv', toCsv(rows))}>CSV</Button>}>
      <RadioGroup layout="horizontal" aria-label="Sum up telephone usage" value={grouping} onChange={(_, { value }) => setGrouping(value as Grouping)}>
        {Object.entries(groupings).map(([value, label]) => <Radio key={value} value={value} label={label} />)}
      </RadioGroup>
      {sums.error === undefined ? null : <FailureBar error={sums.error} onRetry={sums.reload} />}
      {sums.value === undefined ? <Spinner label="Adding up" /> : (
        <SimpleTable label="Telephone usage" heads={[groupingHeads[grouping], 'Direction', 'Lines', 'Minutes', 'Cost']} empty="Nobody has telephoned." rows={rows.map((sum, index) => ({ key: `${index} ${nameOfSum(sum, directory)}`, cells: [nameOfSum(sum, directory), sum.direction === 'inbound' ? 'in' : 'out', sum.lines, sum.minutes, formatMoney(sum.cost, sum.currency)] }))} />
      )}
    </Section>
  );
}

function nameOfSum({ day, trunk, ownNumber, identifier }: TelephoneUsageSum, directory: readonly DirectoryEntry[]): string {
  return day ?? trunk ?? ownNumber ?? (identifier === undefined ? 'unknown' : nameInDirectory(identifier, directory));
}
