/**
 * What must last: one SQLite database per data directory, through kysely.
 *
 * Built on `node:sqlite`, so nothing is compiled or installed. One process owns a data directory (an operating system lock
 * says so), one connection does all work, and every statement is synchronous underneath: a read costs tens of microseconds,
 * and small writes share a transaction per turn of the event loop. Checkpoints, which wait for the disk, have a thread of
 * their own. The schema moves forward by numbered migrations, each declaring the tables it makes; a file from a newer version
 * is refused, an older one is backed up and upgraded.
 *
 * Confirmed writes survive the death of the process in any form. See {@link Store.write} for power failures.
 *
 * Out of scope: PostgreSQL (a cluster's store), encryption at rest (use the file system's), network file systems (their
 * locks cannot be trusted).
 *
 * ```ts
 * const store = await openStore({ dataDir: '/var/lib/dialplane' });
 * const users = await store.database.selectFrom('communication_user').selectAll().execute();
 * await store.write([store.database.deleteFrom('communication_user').where('id', '=', id)], 'powerLoss');
 * await store.close();
 * ```
 */
export { openStore, type Store, type StoreTransaction } from './open-store.ts';
export { openStoreReader, type StoreReader } from './open-store-reader.ts';
export { ledgerPage, type LedgerCursor, type LedgerPageRequest } from './ledger-page.ts';
export { ReaderThread, serveReaderThread, type ReaderThreadOptions } from './reader-thread.ts';
export { reusableStatement, type Statement } from './reusable-statement.ts';
export type { StoreOpening } from './prepare-database.ts';
export { backupStore, restoreStore } from './backup.ts';
export { StoreError, storeErrors, type StoreErrorCode } from './store-error.ts';
export type { Durability } from './write-queue.ts';
export type { Schema } from './schema.ts';
