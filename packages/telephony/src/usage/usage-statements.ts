import { reusableStatement, type Schema, type Statement, type Store } from '@dialplane/store';
import { sql } from 'kysely';

type Row = Schema['telephone_usage'];

const columns: ReadonlyArray<keyof Row & string> = [
  'line_id', 'step', 'kind', 'reason', 'at', 'resource_id', 'call_id', 'identifier', 'direction', 'trunk', 'number', 'own_number', 'answered_ms', 'minutes', 'rate_micros', 'currency',
];

/** How rows get into the ledger of lines. Which lines are open is kept beside it: the first row of a line opens it, its last one closes it. A row that is stored already changes nothing. */
export class UsageStatements {
  readonly #database: Store['database'];
  readonly #put: (row: Row) => Statement;

  constructor({ database }: Pick<Store, 'database'>) {
    this.#database = database;
    this.#put = reusableStatement<Row>(columns, (row) => database.insertInto('telephone_usage').values(row).onConflict((conflict) => conflict.columns(['line_id', 'step']).doNothing()));
  }

  /** For one batch. */
  of(rows: readonly Row[]): readonly Statement[] {
    const started = new Set(idsOf(rows, 'started'));
    // A line that begins and ends in one batch is never open.
    const ended = idsOf(rows, 'ended').filter((lineId) => !started.delete(lineId));
    return [...rows.map((row) => this.#put(row)), ...this.#open([...started]), ...this.#close(ended)];
  }

  #open(lineIds: readonly string[]): readonly Statement[] {
    const query = sql`INSERT INTO telephone_open_line SELECT value FROM json_each(${JSON.stringify(lineIds)}) WHERE true ON CONFLICT DO NOTHING`;
    return lineIds.length === 0 ? [] : [{ compile: () => query.compile(this.#database) }];
  }

  #close(lineIds: readonly string[]): readonly Statement[] {
    const query = sql`DELETE FROM telephone_open_line WHERE line_id IN (SELECT value FROM json_each(${JSON.stringify(lineIds)}))`;
    return lineIds.length === 0 ? [] : [{ compile: () => query.compile(this.#database) }];
  }
}

function idsOf(rows: readonly Row[], wanted: Row['kind']): string[] {
  return rows.filter(({ kind }) => kind === wanted).map(({ line_id: lineId }) => lineId);
}
