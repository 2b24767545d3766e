import type { Store } from './open-store.ts';

/** A statement as {@link Store.write} takes it. */
export type Statement = Parameters<Store['write']>[0][number];

/** Stands for the value of a column while the query is built. */
class Placeholder<Column> {
  readonly column: Column;

  constructor(column: Column) {
    this.column = column;
  }
}

/**
 * Builds a query once for all rows that it will be run with: building costs several times what running does, and the text is
 * always the same.
 *
 * @param columns every field of a row that `build` uses.
 * @param build must treat the fields as opaque values.
 */
export function reusableStatement<Row extends object>(columns: ReadonlyArray<keyof Row & string>, build: (row: Row) => Statement): (row: Row) => Statement {
  const placeholders = Object.fromEntries(columns.map((column) => [column, new Placeholder(column)])) as unknown as Row;
  const { parameters, ...query } = build(placeholders).compile();
  const valueOf = (parameter: unknown, row: Row): unknown => (parameter instanceof Placeholder ? row[parameter.column as keyof Row] : parameter);
  return (row) => ({ compile: () => ({ ...query, parameters: parameters.map((parameter) => valueOf(parameter, row)) }) });
}
