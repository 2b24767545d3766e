import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Telephone numbers of the pool that are kept for somebody for a while. */
export interface NumberHoldTables {
  readonly telephone_number_hold: {
    readonly id: string;
    /** JSON: what is held, and for what. */
    readonly hold: string;
    readonly expires_at: number;
  };
}

export const numberHoldsMigration: Migration = {
  name: '0009-number-holds',
  up: async (database) => {
    await sql`CREATE TABLE telephone_number_hold (id TEXT PRIMARY KEY, hold TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`.execute(database);
  },
};
