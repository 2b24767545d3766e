import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup } from 'node:sqlite';
import { createPrivateFile, dataDirectoryPaths, lockDataDirectory, makeDirectory } from './data-directory.ts';
import { inspectDatabase } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { StoreError, toStoreError } from './store-error.ts';

/** Pages (4 KiB) copied per step by the process that writes: it goes on between steps, and the copy follows its changes. */
const pagesPerStep = 512;
/** All pages in one step: to another process's writes SQLite would answer by starting over at the next step. */
const allPages = 0x7fffffff;

/** How often a copy is begun anew that broke off without an error of the database (SQLite code 0), as happens seldom under load. */
const attempts = 5;

/**
 * Writes a whole and consistent copy of an open database to `toFile` (mode 0600), which appears only when it is complete,
 * checked and on the disk. Throws {@link StoreError}, `STORE_BACKUP_EXISTS` where the file is there already.
 */
export async function backupConnection(connection: SqliteConnection, toFile: string, rate = pagesPerStep): Promise<void> {
  if (existsSync(toFile)) throw new StoreError('STORE_BACKUP_EXISTS', toFile);
  makeDirectory(dirname(toFile));
  const partial = `${toFile}.partial`;
  try {
    await copyUndisturbed(connection, partial, rate);
    finishCopy(partial);
    renameSync(partial, toFile);
    syncToDisk(dirname(toFile));
  } catch (error) {
    rmSync(partial, { force: true });
    throw toStoreError(error, toFile);
  }
}

async function copyUndisturbed(connection: SqliteConnection, partial: string, rate: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    rmSync(partial, { force: true });
    createPrivateFile(partial);
    try {
      await backup(connection.database, partial, { rate });
      return;
    } catch (error) {
      const wasDisturbed = error instanceof Error && 'errcode' in error && error.errcode === 0;
      if (!wasDisturbed || attempt === attempts) throw error;
    }
  }
}

/** Backs up the database of a data directory, whether or not a server is using it. Throws {@link StoreError}. */
export async function backupStore(options: { readonly dataDir: string; readonly toFile: string }): Promise<void> {
  const path = dataDirectoryPaths(options.dataDir).database;
  if (!existsSync(path)) throw new StoreError('STORE_NOT_FOUND', path);
  const connection = new SqliteConnection(path);
  try {
    await backupConnection(connection, options.toFile, allPages);
  } finally {
    connection.close();
  }
}

/**
 * Puts a backup in the place of the database. No server may be using the directory (`STORE_LOCKED`). The backup is checked
 * first; the database that was there is kept beside it as `dialplane.sqlite.replaced`. Throws {@link StoreError}.
 */
export function restoreStore(options: { readonly dataDir: string; readonly fromFile: string }): void {
  if (!existsSync(options.fromFile)) throw new StoreError('STORE_NOT_FOUND', options.fromFile);
  const lock = lockDataDirectory(options.dataDir);
  const { database } = dataDirectoryPaths(options.dataDir);
  const incoming = `${database}.restoring`;
  try {
    rmSync(incoming, { force: true });
    createPrivateFile(incoming);
    copyFileSync(options.fromFile, incoming);
    // Copying a file copies its mode.
    chmodSync(incoming, 0o600);
    finishCopy(incoming);
    if (existsSync(database)) setAside(database);
    renameSync(incoming, database);
    syncToDisk(options.dataDir);
  } catch (error) {
    rmSync(incoming, { force: true });
    throw toStoreError(error, options.fromFile);
  } finally {
    lock.release();
  }
}

/** Folds what the write-ahead log still holds into the file, so that the file alone is the whole database, and moves it away. */
function setAside(database: string): void {
  try {
    const connection = new SqliteConnection(database);
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    connection.close();
  } catch (error) {
    // A damaged database is the very reason to restore one.
    if (!(error instanceof StoreError) || error.code !== 'STORE_CORRUPT') throw error;
  }
  renameSync(database, `${database}.replaced`);
  for (const suffix of ['-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
}

/** Checks a copied database, makes it a single self-contained file and puts it on the disk. */
function finishCopy(path: string): void {
  const connection = new SqliteConnection(path);
  try {
    connection.exec('PRAGMA journal_mode = DELETE');
    if (inspectDatabase(connection, migrations.length) === 0) throw new StoreError('STORE_FOREIGN', path);
  } finally {
    connection.close();
  }
  syncToDisk(path);
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
