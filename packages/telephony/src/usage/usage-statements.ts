import { reusableStatement, type Schema, type Statement, type Store } from '@dialplane/store';

type Row = Schema['telephone_usage'];

const columns: ReadonlyArray<keyof Row & string> = [
  'line_id', 'step', 'kind', 'reason', 'at', 'resource_id', 'call_id', 'identifier', 'direction', 'trunk', 'number', 'own_number', 'answered_ms', 'minutes', 'rate_micros', 'currency',
];

/** How rows get into the ledger of lines. Which lines are open is kept beside it: the first row of a line opens it, its last one closes it. A row that is stored already changes nothing. */
export class UsageStatements {
  readonly #put: (row: Row) => Statement;
  readonly #open: (row: Pick<Row, 'line_id'>) => Statement;
  readonly #close: (row: Pick<Row, 'line_id'>) => Statement;

  constructor({ database }: Pick<Store, 'database'>) {
    this.#put = reusableStatement<Row>(columns, (row) => database.insertInto('telephone_usage').values(row).onConflict((conflict) => conflict.columns(['line_id', 'step']).doNothing()));
    this.#open = reusableStatement<Pick<Row, 'line_id'>>(['line_id'], (row) => database.insertInto('telephone_open_line').values(row).onConflict((conflict) => conflict.doNothing()));
    this.#close = reusableStatement<Pick<Row, 'line_id'>>(['line_id'], (row) => database.deleteFrom('telephone_open_line').where('line_id', '=', row.line_id));
  }

  of(row: Row): readonly Statement[] {
    const put = this.#put(row);
    return row.kind === 'started' ? [put, this.#open(row)] : row.kind === 'ended' ? [put, this.#close(row)] : [put];
  }
}
