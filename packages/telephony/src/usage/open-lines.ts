import { startedMinutes, type EarlierLine } from '@dialplane/routing';
import type { Store } from '@dialplane/store';
import type { LedgerRow } from './line-ledger.ts';
import { UsageStatements } from './usage-statements.ts';

const dayMs = 86_400_000;
const micros = 1_000_000;

/** What the record of a line's call says about it. */
export interface RecordedLine {
  readonly answeredMs: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** Where a call has a record, what that says about one of its lines. */
export type RecordedLineSource = (callId: string, lineId: string) => Promise<RecordedLine | undefined>;

/**
 * Ends the lines that the run before left open (it was killed): where the record of their call tells when, as it says, because rows of the last moment may be lost; any other at its last row, which is a
 * minute old at most. What was answered is charged.
 *
 * @returns How many there were.
 */
export async function closeOpenLines(store: Store, recorded: RecordedLineSource): Promise<number> {
  const { database } = store;
  const statements = new UsageStatements(store);
  const open = await database.selectFrom('telephone_open_line').select('line_id').execute();
  for (const { line_id: lineId } of open) {
    const steps = await database.selectFrom('telephone_usage').selectAll().where('line_id', '=', lineId).orderBy('step').execute();
    const last = steps.at(-1);
    if (last === undefined) continue;
    // A call that began with a line has its id; a line that was sent on has a record for each number.
    const [itself = lineId] = lineId.split('/');
    const record = await recorded(last.call_id ?? itself, itself);
    await store.write(statements.of(missingRows(steps, last, record)));
  }
  return open.length;
}

function missingRows(steps: readonly LedgerRow[], last: LedgerRow, record: RecordedLine | undefined): readonly LedgerRow[] {
  const known = steps.reduce((sum, { answered_ms: ms }) => sum + ms, 0);
  const answeredMs = Math.max(known, record?.answeredMs ?? 0);
  const at = Math.max(last.at, record?.endedAt ?? 0);
  const isUntold = answeredMs > 0 && !steps.some(({ kind }) => kind === 'answered');
  const answered: readonly LedgerRow[] = isUntold ? [{ ...last, step: last.step + 1, kind: 'answered', at: Math.max(last.at, at - answeredMs), answered_ms: 0 }] : [];
  return [...answered, { ...last, step: last.step + answered.length + 1, kind: 'ended', at, reason: record === undefined ? 'crashed' : 'recovered', answered_ms: answeredMs - known, minutes: startedMinutes(answeredMs) }];
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
