import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { StoreError, toStoreError } from './store-error.ts';

/** Compiled statements kept per connection. Our statements number a few hundred; beyond that the oldest go. */
const maxCachedStatements = 512;
/** Only programs outside (a `sqlite3` shell that writes) can make us wait, and waiting blocks the event loop. */
const busyTimeoutMs = 2_000;

/**
 * One SQLite connection with its compiled statements, in the form that kysely's SQLite dialect drives. Everything on it is
 * synchronous: a statement never interleaves with another one.
 */
export class SqliteConnection implements SqliteDatabase {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, CachedStatement>();

  /** @param path an existing file, so that its mode is the one it was created with. Throws {@link StoreError}. */
  constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
    this.database = attempt(() => new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true, readOnly: options.readOnly ?? false }), path);
  }

  get isInTransaction(): boolean {
    return this.database.isTransaction;
  }

  /** The compiled form of `sql`, cached by its text. */
  prepare(sql: string): SqliteStatement {
    const cached = this.#statements.get(sql);
    if (cached !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, cached);
      return cached;
    }
    const statement = new CachedStatement(this.database, sql);
    this.#statements.set(sql, statement);
    const oldest = this.#statements.size > maxCachedStatements ? this.#statements.keys().next().value : undefined;
    if (oldest !== undefined) this.#statements.delete(oldest);
    return statement;
  }

  /** Runs statements without parameters and without results. */
  exec(sql: string): void {
    attempt(() => this.database.exec(sql));
  }

  /** The value of a pragma that answers with one value. */
  pragma(name: string): unknown {
    const row = attempt(() => this.database.prepare(`PRAGMA ${name}`).get());
    return row === undefined ? undefined : Object.values(row)[0];
  }

  close(): void {
    this.#statements.clear();
    if (this.database.isOpen) attempt(() => this.database.close());
  }
}

class CachedStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly #database: DatabaseSync;
  readonly #sql: string;
  readonly #statement: StatementSync;

  constructor(database: DatabaseSync, sql: string) {
    this.#database = database;
    this.#sql = sql;
    if (!database.isOpen) throw new StoreError('STORE_CLOSED');
    this.#statement = attempt(() => database.prepare(sql));
    this.reader = this.#statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return attempt(() => this.#statement.all(...sqlInputs(parameters)));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return attempt(() => this.#statement.run(...sqlInputs(parameters)));
  }

  /** Compiles afresh: the cached statement may be asked for again while a caller is still iterating. */
  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return attempt(() => this.#database.prepare(this.#sql).iterate(...sqlInputs(parameters)));
  }
}

/** SQLite itself refuses other kinds of values, with a TypeError that names the parameter: a bug of the caller. */
function sqlInputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}

function attempt<Result>(work: () => Result, detail?: string): Result {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error, detail);
  }
}
