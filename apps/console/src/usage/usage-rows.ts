import type { RelayUsageRecord, RelayUsageSum } from '@dialplane/calling-api';
import { personName } from '../text/person.ts';

/** How usage is summed up; `allocation` is not summed up at all. */
export type UsageView = 'day' | 'call' | 'user' | 'allocation';

export const usageViews = { day: 'Per day', call: 'Per call', user: 'Per person', allocation: 'Per allocation' } as const satisfies Record<UsageView, string>;

/** What a line of each view is. */
export const usageHeads = { day: 'Day', call: 'Call', user: 'Person', allocation: 'Began' } as const satisfies Record<UsageView, string>;

/** A line of the table of usage. Bytes as the ledger counts them, durations in ms. */
export interface UsageRow {
  readonly key: string;
  readonly title: string;
  /** Where the line belongs to one call. */
  readonly callId?: string | undefined;
  /** How the client reached the relay; absent in sums. */
  readonly transport?: RelayUsageRecord['clientTransport'];
  readonly toPeerBytes: number;
  readonly toClientBytes: number;
  readonly durationMs: number;
  readonly allocations: number;
  readonly cost: number;
  readonly currency: string;
}

export function rowOfSum(sum: RelayUsageSum): UsageRow {
  const { day, callId, identifier, resourceId, toPeerBytes, toClientBytes, durationMs, allocations, cost, currency } = sum;
  const title = day ?? (callId === undefined ? (identifier === undefined ? resourceId : personName(identifier)) : `Call ${callId.slice(0, 8)}`);
  return { key: `${day} ${callId} ${identifier} ${currency}`, title, callId, toPeerBytes, toClientBytes, durationMs, allocations, cost, currency };
}

/** An allocation, in a list of all of them. */
export function rowOfRecord(record: RelayUsageRecord): UsageRow {
  const { identifier, correlationId, startTime } = record;
  const title = `${personName(identifier)}, ${new Date(startTime).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}`;
  return usageOf(record, { title, callId: correlationId });
}

/** An allocation, in the record of its call: called after the participant. */
export function rowInCall(record: RelayUsageRecord, titles: ReadonlyMap<string, string>): UsageRow {
  return usageOf(record, { title: titles.get(record.participantId ?? '') ?? personName(record.identifier) });
}

function usageOf(record: RelayUsageRecord, place: Pick<UsageRow, 'title' | 'callId'>): UsageRow {
  const { recordId, clientTransport, toPeerBytes, toClientBytes, durationMs, cost, currency } = record;
  return { key: recordId, ...place, transport: clientTransport, toPeerBytes, toClientBytes, durationMs, allocations: 1, cost, currency };
}

/** The sum of the costs per currency, for people. */
export function totalCost(rows: readonly UsageRow[]): string {
  const perCurrency = Map.groupBy(rows, ({ currency }) => currency);
  return [...perCurrency].map(([currency, of]) => formatMoney(of.reduce((sum, { cost }) => sum + cost, 0), currency)).join(' + ');
}

/** Small amounts keep the places that make them more than nothing. */
export function formatMoney(amount: number, currency: string): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: amount !== 0 && Math.abs(amount) < 1 ? 6 : 2 }).format(amount);
}
