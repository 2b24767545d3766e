import type { TelephoneUsageGrouping, TelephoneUsageList, TelephoneUsageRecord, TelephoneUsageRecordList, TelephoneUsageRow, TelephoneUsageSum, TelephoneUsageSums } from '@dialplane/calling-api';
import { startedMinutes } from '@dialplane/routing';
import { ledgerPage, type LedgerPageRequest } from '@dialplane/store';
import type { LineUsage, UsageFilter, UsageQueries, UsageRow, UsageSum } from './usage-queries.ts';

const maxSums = 10_000;
const micros = 1_000_000;

/** The ledger of lines as the calling API shows it. */
export class UsageReport {
  readonly #queries: UsageQueries;

  constructor(queries: UsageQueries) {
    this.#queries = queries;
  }

  /** `undefined` where the cursor is none of ours. */
  rows(filter: UsageFilter, page: LedgerPageRequest): Promise<TelephoneUsageList | undefined> {
    return ledgerPage(page, (limit, after) => this.#queries.rows(filter, limit, after), (row) => ({ at: row.at, step: row.step, subject: row.line_id }), rowView);
  }

  async sums(filter: UsageFilter, grouping: TelephoneUsageGrouping): Promise<TelephoneUsageSums> {
    return { value: (await this.#queries.sums(filter, grouping, maxSums)).map(sumView) };
  }

  /** `undefined` where the cursor is none of ours. */
  records(filter: UsageFilter, page: LedgerPageRequest): Promise<TelephoneUsageRecordList | undefined> {
    return ledgerPage(page, (limit, after) => this.#queries.lines(filter, limit, after), (usage) => ({ at: usage.startedAt, step: 0, subject: usage.lineId }), recordView);
  }
}

function rowView(row: UsageRow): TelephoneUsageRow {
  return {
    time: timeOf(row.at), lineId: row.line_id, step: row.step, kind: row.kind,
    ...known({ reason: row.reason }),
    resourceId: row.resource_id,
    ...known({ callId: row.call_id, identifier: row.identifier }),
    direction: row.direction,
    ...known({ trunk: row.trunk, number: row.number, ownNumber: row.own_number }),
    answeredMs: row.answered_ms, minutes: row.minutes,
  };
}

function sumView({ day, callId, trunk, identifier, ownNumber, cost, ...sum }: UsageSum): TelephoneUsageSum {
  return { ...known({ day, callId, trunk, identifier, ownNumber }), ...sum, cost: rounded(cost) };
}

function recordView(usage: LineUsage): TelephoneUsageRecord {
  const quantity = startedMinutes(usage.answeredMs);
  const ratePerMinute = usage.rateMicros / micros;
  const { callId, identifier, trunk, number, ownNumber, reason, answeredAt } = usage;
  return {
    usageType: 'PSTN', unitType: 'minutes', quantity, recordId: usage.lineId, resourceId: usage.resourceId, direction: usage.direction,
    ...known({ correlationId: callId, callId, identifier, trunk, number, ownNumber, reason }),
    startTime: timeOf(usage.startedAt), ...(answeredAt !== null && { answerTime: timeOf(answeredAt) }), endTime: timeOf(usage.updatedAt), isFinal: usage.ends > 0,
    answeredMs: usage.answeredMs, ratePerMinute, cost: rounded(quantity * ratePerMinute), currency: usage.currency,
  };
}

/** The same without what is `null`. */
function known<Fields extends Readonly<Record<string, string | null>>>(fields: Fields): { readonly [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { readonly [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

/** To millionths, as rates are. */
function rounded(cost: number): number {
  return Math.round(cost * micros) / micros;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
