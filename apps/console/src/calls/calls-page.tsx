import { Button, Field, Input, Link, Spinner, Switch, Text, tokens } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import type { CallListEntry } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Page } from '../shell/page.tsx';
import { downloadText } from '../text/download.ts';
import { typedIdentifier } from '../text/person.ts';
import { CallListTable } from './call-list-table.tsx';
import { toCsv } from './csv.ts';

const pageSize = 50;
const refreshMs = 5000;

/** Every call of this person; for operators, those of everybody or of one identifier. */
export function CallsPage(): ReactNode {
  const { api, operatorApi, session } = useSession();
  const { startCall } = useCalling();
  const run = useCommand();
  const [isEverybody, setIsEverybody] = useState(false);
  const [filter, setFilter] = useState('');
  const [older, setOlder] = useState<{ readonly calls: readonly CallListEntry[]; readonly nextCursor: string | undefined }>();
  const ask = isEverybody && operatorApi !== undefined ? operatorApi : api;
  const identifier = isEverybody ? typedIdentifier(filter) : undefined;
  const first = useQuery(`calls ${isEverybody} ${identifier ?? ''}`, (signal) => ask('listCalls', { query: { limit: pageSize, ...(identifier === undefined ? {} : { identifier }) } }, signal), { refreshMs });
  const newest = first.value?.value ?? [];
  const known = new Set(newest.map(({ callId }) => callId));
  const calls = [...newest, ...(older?.calls ?? []).filter(({ callId }) => !known.has(callId))];
  const cursor = older === undefined ? first.value?.nextCursor : older.nextCursor;

  const loadOlder = (): void => run(async () => {
    if (cursor === undefined) return;
    const page = await ask('listCalls', { query: { limit: pageSize, cursor, ...(identifier === undefined ? {} : { identifier }) } });
    setOlder({ calls: [...(older?.calls ?? []), ...page.value], nextCursor: page.nextCursor });
  });
  const rows = (): Record<string, unknown>[] => calls.map(({ caller, participants, ...call }) => ({ ...call, caller: caller.identifier, callerName: caller.displayName, participants: participants.map((party) => party.identifier).join(' ') }));

  return (
    <Page
      title="Calls"
      actions={
        <>
          <Button icon={<ArrowDownloadRegular />} disabled={calls.length === 0} onClick={() => downloadText('calls.csv', 'text/csv', toCsv(rows()))}>CSV</Button>
          <Button icon={<ArrowDownloadRegular />} disabled={calls.length === 0} onClick={() => downloadText('calls.json', 'application/json', JSON.stringify(calls, undefined, 2))}>JSON</Button>
        </>
      }
    >
      {operatorApi === undefined ? null : (
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: '12px 24px', alignItems: 'end' }}>
          <Switch label="Everybody’s calls" checked={isEverybody} onChange={(_, { checked }) => { setIsEverybody(checked); setOlder(undefined); }} />
          {isEverybody ? (
            <Field label="Only of this identifier or number" style={{ minWidth: 280 }} validationState="none" validationMessage={filter.trim() !== '' && identifier === undefined ? 'Type a whole identifier (8:acs:…) or number (+…).' : null}>
              <Input value={filter} onChange={(_, { value }) => { setFilter(value); setOlder(undefined); }} />
            </Field>
          ) : null}
        </div>
      )}
      {first.error === undefined ? null : <FailureBar error={first.error} onRetry={first.reload} />}
      {first.value === undefined && first.isLoading ? <Spinner label="Loading calls" /> : null}
      {first.value !== undefined && calls.length === 0 ? <Text style={{ color: tokens.colorNeutralForeground3 }}>No calls yet. <Link href={hrefOf({ screen: 'call' })}>Call somebody</Link>, and the call stands here with its flow, its quality and why it ended.</Text> : null}
      {calls.length === 0 ? null : (
        <CallListTable calls={calls} self={isEverybody ? undefined : session?.identifier} {...(isEverybody ? {} : { onCall: (target: string) => run(() => startCall(target, false)) })} />
      )}
      {cursor === undefined ? null : <Button style={{ justifySelf: 'center' }} onClick={loadOlder}>Older calls</Button>}
    </Page>
  );
}
