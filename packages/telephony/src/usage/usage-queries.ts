import type { LedgerCursor, Schema, Store } from '@dialplane/store';
import { expressionBuilder, sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';

/** Which rows of the ledger are meant; all without any. Instants are milliseconds since 1970, `to` is not included. */
export interface UsageFilter {
  readonly from?: number;
  readonly to?: number;
  readonly callId?: string;
  readonly identifier?: string;
  readonly trunk?: string;
}

/** What sums are made for. Days are those of UTC; `number` is the one of ours. */
export type UsageGrouping = 'day' | 'call' | 'trunk' | 'user' | 'number' | 'resource';

export type UsageRow = Schema['telephone_usage'];

/** The sum of a group in one direction and currency. Fields that the group does not stand for are `null`. */
export interface UsageSum {
  readonly day: string | null;
  readonly callId: string | null;
  readonly trunk: string | null;
  readonly identifier: string | null;
  readonly ownNumber: string | null;
  readonly resourceId: string;
  readonly direction: 'outbound' | 'inbound';
  readonly lines: number;
  readonly answeredLines: number;
  readonly minutes: number;
  readonly answeredMs: number;
  /** In `currency`. */
  readonly cost: number;
  readonly currency: string;
}

/** All of one line: what is charged. */
export interface LineUsage {
  readonly lineId: string;
  readonly resourceId: string;
  readonly callId: string | null;
  readonly identifier: string | null;
  readonly direction: 'outbound' | 'inbound';
  readonly trunk: string | null;
  readonly number: string | null;
  readonly ownNumber: string | null;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly updatedAt: number;
  readonly reason: string | null;
  readonly ends: number;
  readonly answeredMs: number;
  readonly rateMicros: number;
  readonly currency: string;
}

type UsageSelection<Output> = SelectQueryBuilder<Schema, 'telephone_usage', Output>;
type GroupColumn = 'call_id' | 'trunk' | 'identifier' | 'own_number';

const day = sql<string | null>`strftime('%Y-%m-%d', at / 1000, 'unixepoch')`;

/** What each grouping goes by, and which column is the same all over a group. */
const groups: Record<UsageGrouping, { readonly key: RawBuilder<unknown>; readonly column?: GroupColumn }> = {
  day: { key: day },
  call: { key: sql.ref('call_id'), column: 'call_id' },
  trunk: { key: sql.ref('trunk'), column: 'trunk' },
  user: { key: sql.ref('identifier'), column: 'identifier' },
  number: { key: sql.ref('own_number'), column: 'own_number' },
  resource: { key: sql.ref('resource_id') },
};

/** Reads the ledger of lines. */
export class UsageQueries {
  readonly #store: Pick<Store, 'database'>;

  constructor(store: Pick<Store, 'database'>) {
    this.#store = store;
  }

  /** Rows in the order of time. */
  rows(filter: UsageFilter, limit: number, after?: LedgerCursor): Promise<UsageRow[]> {
    let query = within(this.#store.database.selectFrom('telephone_usage').selectAll(), filter);
    if (after !== undefined) query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'line_id', 'step'), '>', tuple(after.at, after.subject, after.step)));
    return query.orderBy('at').orderBy('line_id').orderBy('step').limit(limit).execute();
  }

  /** One sum per group, direction and currency: days in order, others by their minutes. */
  sums(filter: UsageFilter, grouping: UsageGrouping, limit: number): Promise<UsageSum[]> {
    const { key, column } = groups[grouping];
    const shown = (name: GroupColumn) => (column === name ? sql<string | null>`MAX(${sql.ref(name)})` : sql<string | null>`NULL`);
    const query = within(this.#store.database.selectFrom('telephone_usage'), filter).select(({ fn }) => [
      (grouping === 'day' ? day : sql<string | null>`NULL`).as('day'),
      shown('call_id').as('callId'), shown('trunk').as('trunk'), shown('identifier').as('identifier'), shown('own_number').as('ownNumber'),
      'resource_id as resourceId', 'direction', 'currency',
      sql<number>`SUM(kind = 'started')`.as('lines'), sql<number>`SUM(kind = 'answered')`.as('answeredLines'),
      fn.sum<number>('minutes').as('minutes'), fn.sum<number>('answered_ms').as('answeredMs'),
      sql<number>`SUM(CAST(minutes AS REAL) * rate_micros / 1000000)`.as('cost'),
    ]);
    const grouped = query.groupBy([key, 'resource_id', 'direction', 'currency']).limit(limit);
    return (grouping === 'day' ? grouped.orderBy('day').orderBy('direction') : grouped.orderBy(sql`SUM(minutes)`, 'desc')).execute();
  }

  /** Lines that began in the period, each whole, in the order in which they began. */
  lines(filter: UsageFilter, limit: number, after?: Pick<LedgerCursor, 'at' | 'subject'>): Promise<LineUsage[]> {
    const { database } = this.#store;
    let begun = within(database.selectFrom('telephone_usage').select('line_id'), filter).where('step', '=', 0);
    if (after !== undefined) begun = begun.where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'line_id'), '>', tuple(after.at, after.subject)));
    return database
      .selectFrom('telephone_usage')
      .where('line_id', 'in', begun.orderBy('at').orderBy('line_id').limit(limit))
      .select(({ fn }) => [
        'line_id as lineId', 'resource_id as resourceId', 'call_id as callId', 'identifier', 'direction', 'number', 'own_number as ownNumber', 'rate_micros as rateMicros', 'currency',
        // A line that was moved ended on the trunk that took it.
        sql<string | null>`COALESCE(MAX(CASE WHEN kind = 'ended' THEN trunk END), MAX(CASE WHEN kind = 'answered' THEN trunk END), MAX(trunk))`.as('trunk'),
        fn.min<number>('at').as('startedAt'), fn.max<number>('at').as('updatedAt'), fn.sum<number>('answered_ms').as('answeredMs'), fn.max<string | null>('reason').as('reason'),
        sql<number | null>`MIN(CASE WHEN kind = 'answered' THEN at END)`.as('answeredAt'),
        sql<number>`SUM(kind = 'ended')`.as('ends'),
      ])
      .groupBy('line_id')
      .orderBy('startedAt')
      .orderBy('line_id')
      .execute();
  }
}

function within<Output>(query: UsageSelection<Output>, { from, to, callId, identifier, trunk }: UsageFilter): UsageSelection<Output> {
  let narrowed = query;
  if (from !== undefined) narrowed = narrowed.where('at', '>=', from);
  if (to !== undefined) narrowed = narrowed.where('at', '<', to);
  if (callId !== undefined) narrowed = narrowed.where('line_id', 'in', linesWith('call_id', callId));
  if (identifier !== undefined) narrowed = narrowed.where('line_id', 'in', linesWith('identifier', identifier));
  if (trunk !== undefined) narrowed = narrowed.where('trunk', '=', trunk);
  return narrowed;
}

/** Ids of the lines of a call or of a user; both are the same in all rows of a line. */
export function linesWith(column: 'call_id' | 'identifier', value: string): SelectQueryBuilder<Schema, 'telephone_usage', { readonly line_id: string }> {
  return expressionBuilder<Schema>().selectFrom('telephone_usage').select('line_id').where('step', '=', 0).where(column, '=', value);
}
