/** Every way the store can fail: code -> sentence, and whether the same call may succeed later without anybody's help. */
export const storeErrors = {
  STORE_LOCKED: { retryable: false, message: 'Another process is using this data directory. Stop it, or choose another directory with --data-dir.' },
  STORE_NEWER: { retryable: false, message: 'The data was written by a newer version. Start that version, or restore the backup that was made before the upgrade.' },
  STORE_CORRUPT: { retryable: false, message: 'The database file is damaged. Keep a copy of the data directory and restore the last good backup.' },
  STORE_FOREIGN: { retryable: false, message: 'The file is a database of another program. Choose another data directory or file.' },
  STORE_FULL: { retryable: true, message: 'There is no space left for the database. Free some disk space; nothing that was confirmed is lost.' },
  STORE_CONFLICT: { retryable: false, message: 'The data contradicts what is already stored.' },
  STORE_UNWRITABLE: { retryable: false, message: 'The data directory cannot be written. Check its owner and permissions.' },
  STORE_BUSY: { retryable: true, message: 'Another program holds a lock on the database. Close it and try again.' },
  STORE_BACKUP_EXISTS: { retryable: false, message: 'The backup file exists already and is never overwritten. Choose another name.' },
  STORE_NOT_FOUND: { retryable: false, message: 'There is no database at this place.' },
  STORE_CLOSED: { retryable: false, message: 'The store is closed.' },
  STORE_FAILED: { retryable: true, message: 'The database could not be read or written.' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly message: string }>;

export type StoreErrorCode = keyof typeof storeErrors;

/** What every function of this package throws when the world fails. `cause` is the error underneath. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly retryable: boolean;

  /** @param detail what exactly: a path, a version, the sentence of SQLite; appended to the table's sentence. */
  constructor(code: StoreErrorCode, detail?: string, cause?: unknown) {
    super(detail === undefined ? storeErrors[code].message : `${storeErrors[code].message} (${detail})`, { cause });
    this.code = code;
    this.retryable = storeErrors[code].retryable;
  }
}

/** SQLite primary result codes (sqlite.org, "Result and Error Codes") that mean something of their own to a caller. */
const bySqliteCode: ReadonlyMap<number, StoreErrorCode> = new Map([
  [3, 'STORE_UNWRITABLE'], // SQLITE_PERM
  [5, 'STORE_BUSY'],
  [6, 'STORE_BUSY'], // SQLITE_LOCKED
  [8, 'STORE_UNWRITABLE'], // SQLITE_READONLY
  [11, 'STORE_CORRUPT'],
  [13, 'STORE_FULL'],
  [14, 'STORE_UNWRITABLE'], // SQLITE_CANTOPEN
  [19, 'STORE_CONFLICT'], // SQLITE_CONSTRAINT
  [26, 'STORE_CORRUPT'], // SQLITE_NOTADB
]);

const bySystemCode: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['EACCES', 'STORE_UNWRITABLE'],
  ['EPERM', 'STORE_UNWRITABLE'],
  ['EROFS', 'STORE_UNWRITABLE'],
  ['ENOTDIR', 'STORE_UNWRITABLE'],
  ['ENOSPC', 'STORE_FULL'],
  ['EDQUOT', 'STORE_FULL'],
]);

/**
 * The store's error for what SQLite or the file system threw. Errors that are neither (a wrong argument, a bug) come back
 * unchanged, so that they are not mistaken for a failing disk.
 *
 * @param detail says what was being done, such as the path; SQLite's own sentence where absent.
 */
export function toStoreError(error: unknown, detail?: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const sentence = detail ?? error.message;
  if ('errcode' in error && typeof error.errcode === 'number') {
    return new StoreError(bySqliteCode.get(error.errcode & 0xff) ?? 'STORE_FAILED', sentence, error);
  }
  if ('syscall' in error && 'code' in error && typeof error.code === 'string') {
    return new StoreError(bySystemCode.get(error.code) ?? 'STORE_FAILED', detail === undefined ? error.message : `${detail}: ${error.code}`, error);
  }
  return error;
}
