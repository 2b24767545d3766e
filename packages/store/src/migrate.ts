import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Migration } from './migrations/migration.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { StoreError } from './store-error.ts';

/** Marks a file as ours (SQLite `application_id`): "DPLN". */
const applicationId = 0x44504c4e;

/**
 * Checks that the file is whole, ours and not from the future, and says which schema version it has (0 for an empty file).
 * Throws `STORE_CORRUPT`, `STORE_FOREIGN` or `STORE_NEWER`.
 */
export function inspectDatabase(connection: SqliteConnection, latestVersion: number): number {
  const verdict = connection.pragma('quick_check(1)');
  if (verdict !== 'ok') throw new StoreError('STORE_CORRUPT', String(verdict));
  const version = Number(connection.pragma('user_version'));
  const id = Number(connection.pragma('application_id'));
  const isEmpty = version === 0 && id === 0 && connection.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').all([]).length === 0;
  if (!isEmpty && id !== applicationId) throw new StoreError('STORE_FOREIGN');
  if (version > latestVersion) throw new StoreError('STORE_NEWER', `schema version ${version}, this program knows ${latestVersion}`);
  return version;
}

/** Brings the schema from `version` to the newest, one transaction per migration. What fails leaves its own step undone. */
export async function migrate(connection: SqliteConnection, version: number, migrations: readonly Migration[]): Promise<void> {
  // Never destroyed: that would close the connection, which the caller owns.
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    await database.transaction().execute(async (transaction) => {
      await migration.up(transaction);
      await sql.raw(`PRAGMA user_version = ${index + 1}`).execute(transaction);
      await sql.raw(`PRAGMA application_id = ${applicationId}`).execute(transaction);
    });
  }
}
