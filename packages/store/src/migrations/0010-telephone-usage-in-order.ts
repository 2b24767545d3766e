import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * The ledger of lines in the order of time: what is written at once stands together. Ids of lines are random, so that rows in their order changed a page of the table, and one of each
 * index, for every row. Calls and users of a line are those of its first row.
 */
export const telephoneUsageInOrderMigration: Migration = {
  name: '0010-telephone-usage-in-order',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE telephone_usage_in_order (
        line_id TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL, resource_id TEXT NOT NULL, call_id TEXT, identifier TEXT,
        direction TEXT NOT NULL, trunk TEXT, number TEXT, own_number TEXT, answered_ms INTEGER NOT NULL, minutes INTEGER NOT NULL, rate_micros INTEGER NOT NULL,
        currency TEXT NOT NULL, PRIMARY KEY (line_id, step)
      ) STRICT`,
      sql`INSERT INTO telephone_usage_in_order SELECT * FROM telephone_usage ORDER BY at`,
      sql`DROP TABLE telephone_usage`,
      sql`ALTER TABLE telephone_usage_in_order RENAME TO telephone_usage`,
      sql`CREATE INDEX telephone_usage_by_time ON telephone_usage (at)`,
      sql`CREATE INDEX telephone_usage_by_call ON telephone_usage (call_id) WHERE step = 0 AND call_id IS NOT NULL`,
      sql`CREATE INDEX telephone_usage_by_user ON telephone_usage (identifier, at) WHERE step = 0 AND identifier IS NOT NULL`,
      sql`CREATE INDEX telephone_usage_with_number ON telephone_usage (at) WHERE number IS NOT NULL`,
    ]) {
      await statement.execute(database);
    }
  },
};
