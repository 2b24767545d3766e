import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteConnection } from './sqlite-connection.ts';
import { StoreError, toStoreError } from './store-error.ts';

/** Where things stand in a data directory. */
export function dataDirectoryPaths(dataDir: string) {
  return {
    database: join(dataDir, 'dialplane.sqlite'),
    lock: join(dataDir, 'dialplane.lock'),
    processId: join(dataDir, 'dialplane.pid'),
    backups: join(dataDir, 'backups'),
  } as const;
}

/** Holds the data directory for this process. */
export interface DataDirectoryLock {
  release(): void;
}

/**
 * Makes the directory where it is missing (mode 0700) and takes it for this process alone.
 *
 * The lock is the operating system's own on a file (through SQLite, as Node has no `flock`): it ends with the process
 * however that ends, so there is nothing stale to clean up after a crash. Throws `STORE_LOCKED` with the other's process id.
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  const paths = dataDirectoryPaths(dataDir);
  makeDirectory(dataDir);
  createPrivateFile(paths.lock);
  const connection = new SqliteConnection(paths.lock);
  try {
    connection.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    writeFileSync(paths.processId, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    connection.close();
    if (!(error instanceof StoreError) || error.code !== 'STORE_BUSY') throw toStoreError(error, dataDir);
    throw new StoreError('STORE_LOCKED', `${dataDir}, process ${readProcessId(paths.processId)}`, error);
  }
  return {
    release: () => {
      rmSync(paths.processId, { force: true });
      connection.close();
    },
  };
}

/** Makes `directory` with mode 0700 unless it is there; one that is there keeps its mode. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toStoreError(error, directory);
  }
}

/**
 * Makes an empty file that only its owner can read, unless it is there. SQLite gives its side files the same mode.
 *
 * A file that is there is not even opened: closing any descriptor of a file drops all locks that this process has on it
 * (POSIX `fcntl`), and SQLite knows only of its own descriptors.
 */
export function createPrivateFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const madeMeanwhile = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!madeMeanwhile) throw toStoreError(error, path);
  }
}

function readProcessId(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
