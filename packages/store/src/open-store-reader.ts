import { Kysely, SqliteDialect } from 'kysely';
import { dataDirectoryPaths } from './data-directory.ts';
import type { Schema } from './schema.ts';
import { SqliteConnection } from './sqlite-connection.ts';

/** A second connection that only reads. */
export interface StoreReader {
  readonly database: Kysely<Schema>;
  close(): Promise<void>;
}

/**
 * Opens the database of a data directory that a {@link Store} has open for reading from another thread: long queries there hold up nothing. It sees what is
 * committed. Throws {@link StoreError}.
 */
export function openStoreReader({ dataDir }: { readonly dataDir: string }): StoreReader {
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: new SqliteConnection(dataDirectoryPaths(dataDir).database, { readOnly: true }) }) });
  return { database, close: () => database.destroy() };
}
