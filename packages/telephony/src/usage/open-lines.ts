import { startedMinutes, type EarlierLine } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import { sql } from 'kysely';

const dayMs = 86_400_000;
const micros = 1_000_000;

/**
 * Ends the lines that the run before left open (it was killed): each at its last row, which is a minute old at most. What was answered is charged.
 *
 * @returns How many there were.
 */
export async function closeOpenLines(store: Store): Promise<number> {
  const { database } = store;
  const open = await database
    .selectFrom('telephone_usage')
    .select(({ fn }) => ['line_id', fn.max<number>('step').as('step'), fn.sum<number>('answered_ms').as('answeredMs')])
    .groupBy('line_id')
    .having(sql<number>`SUM(kind = 'ended')`, '=', 0)
    .execute();
  for (const { line_id: lineId, step, answeredMs } of open) {
    const last = await database.selectFrom('telephone_usage').selectAll().where('line_id', '=', lineId).where('step', '=', step).executeTakeFirstOrThrow();
    await store.write([database.insertInto('telephone_usage').values({ ...last, step: step + 1, kind: 'ended', reason: 'crashed', answered_ms: 0, minutes: startedMinutes(answeredMs) })]);
  }
  return open.length;
}

/** What ended today (UTC), for the limits of the day. @param now milliseconds since 1970. */
export async function earlierLines({ database }: Store, now: number): Promise<readonly EarlierLine[]> {
  const rows = await database
    .selectFrom('telephone_usage')
    .select(['direction', 'trunk', 'number', 'own_number', 'identifier', 'minutes', 'rate_micros'])
    .where('kind', '=', 'ended').where('at', '>=', now - (now % dayMs)).where('minutes', '>', 0)
    .execute();
  return rows.map(({ direction, trunk, number, own_number: ownNumber, identifier, minutes, rate_micros: rateMicros }) => {
    const known = Object.entries({ trunk, number, ownNumber, identifier }).filter(([, value]) => value !== null);
    return Object.assign(Object.fromEntries(known), { direction, minutes, cost: (minutes * rateMicros) / micros });
  });
}
