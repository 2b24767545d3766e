import { openStore, StoreError, type Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import { Failure } from './failures.ts';

/** Opens the store of a data folder for this process alone. @throws {Failure} `DATA_DIR_IN_USE`, `DATA_DIR_UNUSABLE` */
export async function openData(dataDir: string, logger: Logger): Promise<Store> {
  try {
    const store = await openStore({ dataDir });
    const { schemaVersion, previousVersion, backupFile } = store.opening;
    if (previousVersion !== schemaVersion && previousVersion > 0) logger.info({ previousVersion, schemaVersion, backupFile }, 'The data was upgraded, after a backup.');
    return store;
  } catch (error) {
    throw dataFailure(error, dataDir);
  }
}

/** The failure that a store's error is to a command; other errors pass unchanged. */
export function dataFailure(error: unknown, subject: string): unknown {
  if (!(error instanceof StoreError)) return error;
  switch (error.code) {
    case 'STORE_LOCKED': return new Failure('DATA_DIR_IN_USE', subject, error);
    case 'STORE_UNWRITABLE': return new Failure('DATA_DIR_UNUSABLE', subject, error);
    default: return new Failure('DATA_UNUSABLE', error.message, error.cause);
  }
}
