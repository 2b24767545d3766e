import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Only ended calls are looked for by their end: what runs is stored with each command, and changed this index each time. */
export const endedCallsMigration: Migration = {
  name: '0013-ended-calls',
  up: async (database) => {
    await sql`DROP INDEX call_by_end`.execute(database);
    await sql`CREATE INDEX call_by_end ON call (ended_at) WHERE ended_at IS NOT NULL`.execute(database);
  },
};
