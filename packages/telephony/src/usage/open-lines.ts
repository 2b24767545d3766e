import { startedMinutes, type EarlierLine } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import { UsageStatements } from './usage-statements.ts';

const dayMs = 86_400_000;
const micros = 1_000_000;

/**
 * Ends the lines that the run before left open (it was killed): each at its last row, which is a minute old at most. What was answered is charged.
 *
 * @returns How many there were.
 */
export async function closeOpenLines(store: Store): Promise<number> {
  const { database } = store;
  const statements = new UsageStatements(store);
  const open = await database.selectFrom('telephone_open_line').select('line_id').execute();
  for (const { line_id: lineId } of open) {
    const steps = await database.selectFrom('telephone_usage').selectAll().where('line_id', '=', lineId).orderBy('step').execute();
    const last = steps.at(-1);
    const answeredMs = steps.reduce((sum, { answered_ms: ms }) => sum + ms, 0);
    if (last !== undefined) await store.write(statements.of([{ ...last, step: last.step + 1, kind: 'ended', reason: 'crashed', answered_ms: 0, minutes: startedMinutes(answeredMs) }]));
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
