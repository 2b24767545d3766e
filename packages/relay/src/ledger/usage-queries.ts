import type { LedgerCursor, Schema, Store } from '@dialplane/store';
import { sql, type ExpressionBuilder, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { bytesPerUnit } from './relay-rates.ts';

/** Which rows of the ledger are meant; all without any. Instants are milliseconds since 1970, `to` is not included. */
export interface UsageFilter {
  readonly from?: number;
  readonly to?: number;
  readonly resourceId?: string;
  readonly callId?: string;
  readonly userId?: string;
}

/** What sums are made for. Days are those of UTC. */
export type UsageGrouping = 'day' | 'call' | 'participant' | 'user' | 'resource';

export type UsageRow = Schema['relay_usage'];

interface UsageAmounts {
  readonly toPeerBytes: number;
  readonly toPeerPackets: number;
  readonly toClientBytes: number;
  readonly toClientPackets: number;
  /** Of all allocations one after the other. */
  readonly durationMs: number;
}

/** The sum of a group, in one currency. Fields that the group does not stand for are `null`. */
export interface UsageSum extends UsageAmounts {
  readonly day: string | null;
  readonly callId: string | null;
  readonly participantId: string | null;
  readonly userId: string | null;
  readonly resourceId: string;
  /** That began in it. */
  readonly allocations: number;
  /** In `currency`. */
  readonly cost: number;
  readonly currency: string;
}

/** All of one allocation: what is charged. */
export interface AllocationUsage extends UsageAmounts {
  readonly allocationId: string;
  readonly resourceId: string;
  readonly userId: string;
  readonly callId: string | null;
  readonly participantId: string | null;
  readonly clientTransport: 'udp' | 'tcp' | 'tls';
  readonly peerTransport: 'udp' | 'tcp';
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly isStopped: boolean;
  readonly rateMicros: number;
  readonly currency: string;
}

type UsageSelection<Output> = SelectQueryBuilder<Schema, 'relay_usage', Output>;
type UsageExpressions = ExpressionBuilder<Schema, 'relay_usage'>;

type GroupColumn = 'call_id' | 'participant_id' | 'user_id';

const day = sql<string | null>`strftime('%Y-%m-%d', at / 1000, 'unixepoch')`;

/** What each grouping goes by, and which columns are the same all over a group. */
const groups: Record<UsageGrouping, { readonly key: RawBuilder<unknown>; readonly columns: readonly GroupColumn[] }> = {
  day: { key: day, columns: [] },
  call: { key: sql.ref('call_id'), columns: ['call_id'] },
  participant: { key: sql`call_id, participant_id, user_id`, columns: ['call_id', 'participant_id', 'user_id'] },
  user: { key: sql.ref('user_id'), columns: ['user_id'] },
  resource: { key: sql.ref('resource_id'), columns: [] },
};

/** Reads the ledger. */
export class UsageQueries {
  readonly #store: Pick<Store, 'database'>;

  constructor(store: Pick<Store, 'database'>) {
    this.#store = store;
  }

  /** Rows in the order of time. */
  rows(filter: UsageFilter, limit: number, after?: LedgerCursor): Promise<UsageRow[]> {
    let query = within(this.#store.database.selectFrom('relay_usage').selectAll(), filter);
    if (after !== undefined) query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'allocation_id', 'step'), '>', tuple(after.at, after.subject, after.step)));
    return query.orderBy('at').orderBy('allocation_id').orderBy('step').limit(limit).execute();
  }

  /** One sum per group and currency, days in order, others by what they relayed. */
  sums(filter: UsageFilter, grouping: UsageGrouping, limit: number): Promise<UsageSum[]> {
    const { key, columns } = groups[grouping];
    const shown = (column: GroupColumn) => (columns.includes(column) ? sql<string | null>`MAX(${sql.ref(column)})` : sql<string | null>`NULL`);
    const query = within(this.#store.database.selectFrom('relay_usage'), filter).select((expressions) => [
      (grouping === 'day' ? day : sql<string | null>`NULL`).as('day'),
      shown('call_id').as('callId'), shown('participant_id').as('participantId'), shown('user_id').as('userId'), 'resource_id as resourceId',
      sql<number>`SUM(step = 0)`.as('allocations'),
      ...amounts(expressions),
      sql<number>`SUM(CAST(to_peer_bytes + to_client_bytes AS REAL) / ${bytesPerUnit} * rate_micros / 1000000)`.as('cost'),
      'currency',
    ]);
    const grouped = query.groupBy([key, 'resource_id', 'currency']).limit(limit);
    return (grouping === 'day' ? grouped.orderBy('day').orderBy('currency') : grouped.orderBy(sql`SUM(to_peer_bytes + to_client_bytes)`, 'desc')).execute();
  }

  /** Allocations that began in the period, each whole, in the order in which they began. */
  async allocations(filter: UsageFilter, limit: number, after?: Pick<LedgerCursor, 'at' | 'subject'>): Promise<AllocationUsage[]> {
    const { database } = this.#store;
    let begun = within(database.selectFrom('relay_usage').select('allocation_id'), filter).where('step', '=', 0);
    if (after !== undefined) begun = begun.where(({ eb, refTuple, tuple }) => eb(refTuple('at', 'allocation_id'), '>', tuple(after.at, after.subject)));
    const rows = await database
      .selectFrom('relay_usage')
      .where('allocation_id', 'in', begun.orderBy('at').orderBy('allocation_id').limit(limit))
      .select((columns) => [
        'allocation_id as allocationId', 'resource_id as resourceId', 'user_id as userId', 'call_id as callId', 'participant_id as participantId',
        'client_transport as clientTransport', 'peer_transport as peerTransport', 'rate_micros as rateMicros', 'currency',
        columns.fn.min<number>('at').as('startedAt'), columns.fn.max<number>('at').as('updatedAt'),
        sql<number>`SUM(kind = 'stopped')`.as('stops'),
        ...amounts(columns),
      ])
      .groupBy('allocation_id')
      .orderBy('startedAt')
      .orderBy('allocation_id')
      .execute();
    return rows.map((row) => Object.assign(row, { isStopped: row.stops > 0 }));
  }
}

function within<Output>(query: UsageSelection<Output>, { from, to, resourceId, callId, userId }: UsageFilter): UsageSelection<Output> {
  let narrowed = query;
  if (from !== undefined) narrowed = narrowed.where('at', '>=', from);
  if (to !== undefined) narrowed = narrowed.where('at', '<', to);
  if (resourceId !== undefined) narrowed = narrowed.where('resource_id', '=', resourceId);
  if (callId !== undefined) narrowed = narrowed.where('call_id', '=', callId);
  if (userId !== undefined) narrowed = narrowed.where('user_id', '=', userId);
  return narrowed;
}

function amounts({ fn }: UsageExpressions) {
  return [
    fn.sum<number>('to_peer_bytes').as('toPeerBytes'),
    fn.sum<number>('to_peer_packets').as('toPeerPackets'),
    fn.sum<number>('to_client_bytes').as('toClientBytes'),
    fn.sum<number>('to_client_packets').as('toClientPackets'),
    fn.sum<number>('duration_ms').as('durationMs'),
  ] as const;
}
