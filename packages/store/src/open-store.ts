import { type Compilable, Kysely, SqliteDialect, type Transaction } from 'kysely';
import { backupConnection } from './backup.ts';
import { Checkpointer } from './checkpointer.ts';
import { createPrivateFile, dataDirectoryPaths, lockDataDirectory } from './data-directory.ts';
import { migrations } from './migrations/index.ts';
import { prepareDatabase, type StoreOpening } from './prepare-database.ts';
import type { Schema } from './schema.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { StoreError } from './store-error.ts';
import { type Durability, WriteQueue } from './write-queue.ts';

/** Typed queries inside of one transaction; of no use once it is over. */
export type StoreTransaction = Transaction<Schema>;

/** An open database. All failures are {@link StoreError}. */
export interface Store {
  readonly opening: StoreOpening;
  /** Typed queries. Reads see what is committed; what {@link Store.write} has not yet resolved is not. */
  readonly database: Kysely<Schema>;
  /**
   * Commits the statements as one atomic batch and resolves with the rows each changed. Batches of one turn of the event loop
   * share a transaction, which is what makes many small writes cheap; order is that of the calls.
   *
   * @param survives `processCrash` by default: lost neither by an exception nor by SIGKILL, but the last moments before a
   *   power failure may be. `powerLoss` is for what must never come undone: revoked tokens, rotated keys.
   */
  write(statements: readonly Compilable[], survives?: Durability): Promise<readonly number[]>;
  /** For what must read and then write. Everything else waits meanwhile: do nothing slow inside. */
  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result>;
  /** Copies the database to `toFile` while it is in use; see {@link backupConnection} for what is promised. */
  backup(toFile: string): Promise<void>;
  /** Finishes what was asked for, then gives the data directory free. */
  close(): Promise<void>;
}

/**
 * Opens the database of a data directory, makes both where they are missing, and upgrades an older schema after a backup.
 *
 * Throws `STORE_LOCKED` when another process has it, `STORE_NEWER` when it is from a newer version, `STORE_CORRUPT` when the
 * integrity check fails, and whatever else the table of {@link storeErrors} names. After a throw nothing stays locked.
 *
 * @param options.dataDir made with mode 0700; files in it have 0600.
 */
export async function openStore(options: { readonly dataDir: string }): Promise<Store> {
  const paths = dataDirectoryPaths(options.dataDir);
  const lock = lockDataDirectory(options.dataDir);
  let connection: SqliteConnection | undefined;
  try {
    createPrivateFile(paths.database);
    connection = new SqliteConnection(paths.database);
    const opening = await prepareDatabase(connection, paths.backups, migrations);
    return new OpenStore(connection, opening, new Checkpointer(paths.database), () => lock.release());
  } catch (error) {
    connection?.close();
    lock.release();
    throw error;
  }
}

class OpenStore implements Store {
  readonly opening: StoreOpening;
  readonly database: Kysely<Schema>;
  readonly #connection: SqliteConnection;
  readonly #queue: WriteQueue;
  readonly #checkpointer: Checkpointer;
  readonly #releaseLock: () => void;
  readonly #backups = new Set<Promise<void>>();
  #closing: Promise<void> | undefined;

  constructor(connection: SqliteConnection, opening: StoreOpening, checkpointer: Checkpointer, releaseLock: () => void) {
    this.opening = opening;
    this.database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
    this.#connection = connection;
    this.#queue = new WriteQueue(connection, this.database, checkpointer);
    this.#checkpointer = checkpointer;
    this.#releaseLock = releaseLock;
  }

  write(statements: readonly Compilable[], survives: Durability = 'processCrash'): Promise<readonly number[]> {
    return this.#queue.write(statements, survives);
  }

  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result> {
    return this.#closing === undefined ? this.database.transaction().execute(work) : Promise.reject(new StoreError('STORE_CLOSED'));
  }

  async backup(toFile: string): Promise<void> {
    if (this.#closing !== undefined) throw new StoreError('STORE_CLOSED');
    const running = backupConnection(this.#connection, toFile);
    this.#backups.add(running);
    try {
      await running;
    } finally {
      this.#backups.delete(running);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue.close();
    await Promise.allSettled(this.#backups);
    await this.#checkpointer.close();
    try {
      // Waits for a transaction that is still running.
      await this.database.connection().execute(async () => this.#connection.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)'));
      await this.database.destroy();
    } finally {
      this.#connection.close();
      this.#releaseLock();
    }
  }
}
