import { Badge, Spinner } from '@fluentui/react-components';
import type { DirectoryEntry, LimitUse } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { nameInDirectory } from '../telephony/named-people.ts';
import { SimpleTable, type SimpleRow } from '../telephony/simple-table.tsx';
import { formatMoney } from '../usage/usage-rows.ts';
import { limitKinds, reachedOf, usedOf, type LimitKind } from './limit-draft.ts';

const refreshMs = 4000;
const heads = ['Of', 'Calls now', 'Begun in the last minute', 'Minutes today', 'Money today', 'State'];

/** What has been telephoned of each limit, and which are reached. */
export function LimitUseSection({ operatorApi, directory }: { readonly operatorApi: ApiClient; readonly directory: readonly DirectoryEntry[] }): ReactNode {
  const use = useQuery('limit use', (signal) => operatorApi('listLimitUse', {}, signal), { refreshMs });
  return (
    <Section title="Used now and today">
      {use.error === undefined ? null : <FailureBar error={use.error} onRetry={use.reload} />}
      {use.value === undefined ? <Spinner label="Counting" /> : <SimpleTable label="Used of the limits" heads={heads} empty="" rows={rowsOf(use.value.value, use.value.currency, directory)} />}
    </Section>
  );
}

function rowsOf(uses: readonly LimitUse[], currency: string, directory: readonly DirectoryEntry[]): readonly SimpleRow[] {
  return uses.map((use) => {
    const used = usedOf(use);
    const reached = reachedOf(use);
    const write = (kind: LimitKind, amount: number): string => (kind === 'costPerDay' ? formatMoney(amount, currency) : String(amount));
    const title = titleOf(use, directory);
    return {
      key: title,
      cells: [
        title,
        ...limitKinds.map((kind) => {
          const limit = use.limits[kind];
          return limit === undefined ? write(kind, used[kind]) : `${write(kind, used[kind])} of ${write(kind, limit)}`;
        }),
        reached.length === 0 ? '' : <Badge key="reached" color="danger">reached: calls are refused</Badge>,
      ],
    };
  });
}

function titleOf({ scope, name = '' }: LimitUse, directory: readonly DirectoryEntry[]): string {
  switch (scope) {
    case 'resource':
      return 'Everybody together';
    case 'trunk':
      return `Trunk ${name}`;
    case 'number':
      return `Number ${name}`;
    case 'user':
      return nameInDirectory(name, directory);
    case 'prefix':
      return `Numbers that begin with ${name}`;
  }
}
