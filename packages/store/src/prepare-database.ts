import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backupConnection } from './backup.ts';
import { inspectDatabase, migrate } from './migrate.ts';
import type { Migration } from './migrations/migration.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** 64 MiB: where the log is moved into the file by whoever commits next, should the {@link Checkpointer} not have done it. */
const maxLogPages = 16_384;

/** What opening found and did, for the log. */
export interface StoreOpening {
  readonly schemaVersion: number;
  /** The version found; 0 for a new database. Equal to `schemaVersion` when nothing had to be done. */
  readonly previousVersion: number;
  /** The copy made before an upgrade. */
  readonly backupFile?: string;
}

/**
 * Checks an opened file, sets how it is written, and brings its schema to the newest version after a backup into `backups`.
 *
 * Write-ahead log with `synchronous = NORMAL`: a commit is a write to the log without a flush, so it costs microseconds and
 * still survives the death of the process; the log is flushed before each checkpoint, so a power failure can take the last
 * commits but never the integrity of the file (sqlite.org, "Write-Ahead Logging"). Flushing each commit (`FULL`) would block
 * the event loop for as long as the disk needs, which is milliseconds on many; {@link Durability} asks for it where it counts.
 */
export async function prepareDatabase(connection: SqliteConnection, backups: string, migrations: readonly Migration[]): Promise<StoreOpening> {
  const previousVersion = inspectDatabase(connection, migrations.length);
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  connection.exec(`PRAGMA wal_autocheckpoint = ${maxLogPages}; PRAGMA journal_size_limit = ${maxLogPages * 4096}`);
  if (previousVersion === migrations.length) return { schemaVersion: previousVersion, previousVersion };
  const backupFile = previousVersion === 0 ? undefined : freeBackupName(backups, previousVersion);
  if (backupFile !== undefined) await backupConnection(connection, backupFile);
  await migrate(connection, previousVersion, migrations);
  return { schemaVersion: migrations.length, previousVersion, ...(backupFile === undefined ? {} : { backupFile }) };
}

function freeBackupName(directory: string, version: number): string {
  const base = join(directory, `before-upgrade-from-version-${version}`);
  let name = `${base}.sqlite`;
  for (let count = 2; existsSync(name); count += 1) name = `${base}-${count}.sqlite`;
  return name;
}
