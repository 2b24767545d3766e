import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Checkpointer } from './checkpointer.ts';
import type { Schema } from './schema.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { StoreError } from './store-error.ts';

/**
 * What a confirmed write survives. `processCrash` is in the hands of the operating system (a crash of this process, even by
 * SIGKILL, loses nothing); `powerLoss` is on the disk, and costs a flush that blocks the event loop meanwhile.
 */
export type Durability = 'processCrash' | 'powerLoss';

interface Batch {
  readonly queries: readonly CompiledQuery[];
  readonly survives: Durability;
  readonly resolve: (changes: readonly number[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: the batches of one turn of the event loop become one transaction. Each batch stays atomic by itself, and one
 * that fails (a constraint) does not take its neighbours along.
 */
export class WriteQueue {
  readonly #connection: SqliteConnection;
  readonly #database: Kysely<Schema>;
  readonly #checkpointer: Checkpointer;
  #pending: Batch[] = [];
  #flushing: Promise<void> | undefined;
  /** What the connection is set to: `prepareDatabase` leaves it at this. */
  #durability: Durability = 'processCrash';
  #closed = false;

  constructor(connection: SqliteConnection, database: Kysely<Schema>, checkpointer: Checkpointer) {
    this.#connection = connection;
    this.#database = database;
    this.#checkpointer = checkpointer;
  }

  /** Resolves with the number of rows each statement changed, once all of them are committed. */
  write(statements: readonly Compilable[], survives: Durability): Promise<readonly number[]> {
    if (this.#closed) return Promise.reject(new StoreError('STORE_CLOSED'));
    const queries = statements.map((statement) => statement.compile());
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    this.#pending.push({ queries, survives, resolve, reject });
    this.#flushing ??= endOfTurn().then(() => this.#flush());
    return promise;
  }

  /** Takes no further batches; resolves when those taken are settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushing;
  }

  /** Waits for the connection (somebody's transaction may span turns), then commits all that has gathered by then. */
  async #flush(): Promise<void> {
    try {
      await this.#database.connection().execute(async () => this.#commit(this.#take()));
    } catch (error) {
      for (const batch of this.#take()) batch.reject(error);
    }
  }

  #take(): readonly Batch[] {
    const batches = this.#pending;
    this.#pending = [];
    this.#flushing = undefined;
    return batches;
  }

  #commit(batches: readonly Batch[]): void {
    const connection = this.#connection;
    const settle: Array<() => void> = [];
    try {
      this.#setDurability(batches.some((batch) => batch.survives === 'powerLoss') ? 'powerLoss' : 'processCrash');
      connection.prepare('BEGIN IMMEDIATE').run([]);
      const isShared = batches.length > 1;
      for (const batch of batches) settle.push(this.#apply(batch, isShared));
      connection.prepare('COMMIT').run([]);
    } catch (error) {
      for (const batch of batches) batch.reject(error);
      if (connection.isInTransaction) connection.exec('ROLLBACK');
      return;
    }
    for (const settleBatch of settle) settleBatch();
    this.#checkpointer.committed(batches.reduce((sum, batch) => sum + batch.queries.length, 0));
  }

  /** SQLite flushes the log at each commit or only before checkpoints; it can be told so between transactions. */
  #setDurability(durability: Durability): void {
    if (durability === this.#durability) return;
    this.#connection.exec(`PRAGMA synchronous = ${durability === 'powerLoss' ? 'FULL' : 'NORMAL'}`);
    this.#durability = durability;
  }

  /**
   * Returns how to tell the caller once the transaction is through. Throws when the whole transaction is lost.
   *
   * @param isShared Whether other batches are in the transaction, too.
   */
  #apply(batch: Batch, isShared: boolean): () => void {
    const connection = this.#connection;
    // A single statement is undone by SQLite itself when it fails, and a batch that is alone is undone with the transaction. For a savepoint SQLite writes down each page before it changes.
    const needsSavepoint = isShared && batch.queries.length > 1;
    try {
      if (needsSavepoint) connection.prepare('SAVEPOINT batch').run([]);
      const changes = batch.queries.map((query) => Number(connection.prepare(query.sql).run(query.parameters).changes));
      if (needsSavepoint) connection.prepare('RELEASE batch').run([]);
      return () => batch.resolve(changes);
    } catch (error) {
      // A full disk or a failing one makes SQLite roll back everything (sqlite.org, "Response To Errors Within A Transaction").
      if (!connection.isInTransaction || !isShared) throw error;
      if (needsSavepoint) connection.exec('ROLLBACK TO batch; RELEASE batch');
      return () => batch.reject(error);
    }
  }
}
