import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which telephone lines have begun and not ended, so that a start finds them however long the ledger is. */
export interface OpenTelephoneLineTables {
  readonly telephone_open_line: { readonly line_id: string };
}

export const openTelephoneLinesMigration: Migration = {
  name: '0007-open-telephone-lines',
  up: async (database) => {
    await sql`CREATE TABLE telephone_open_line (line_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID`.execute(database);
    await sql`INSERT INTO telephone_open_line SELECT line_id FROM telephone_usage GROUP BY line_id HAVING SUM(kind = 'ended') = 0`.execute(database);
  },
};
