import type { ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useSession } from '../session/use-session.tsx';
import { Section } from '../shell/page.tsx';
import { rowInCall } from '../usage/usage-rows.ts';
import { UsageTable } from '../usage/usage-table.tsx';

interface RelayedSectionProps {
  readonly callId: string;
  /** Participant id to what to call it. */
  readonly titles: ReadonlyMap<string, string>;
  /** While the call runs, usage goes on. */
  readonly refreshMs: number | undefined;
}

/** What the relay carried for a call, where it carried anything. */
export function RelayedSection({ callId, titles, refreshMs }: RelayedSectionProps): ReactNode {
  const { api, operatorApi } = useSession();
  const ask = operatorApi ?? api;
  // A server without a relay has no ledger to ask: then there is nothing to show either.
  const records = useQuery(`relayed ${callId} ${refreshMs}`, (signal) => ask('listRelayUsageRecords', { query: { callId } }, signal), { refreshMs: () => refreshMs });
  const rows = (records.value?.value ?? []).map((record) => rowInCall(record, titles));
  return rows.length === 0 ? null : <Section title="Relayed"><UsageTable head="For" rows={rows} label="Relayed" /></Section>;
}
