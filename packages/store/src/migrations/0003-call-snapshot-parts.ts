import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What is large in the state of a running call and stays as it is: written once, not with each command. */
export interface CallSnapshotPartTables {
  /** `name` is the call engine's; deleted when the call ends. */
  readonly call_snapshot_part: { readonly call_id: string; readonly name: string; readonly text: string };
}

export const callSnapshotPartsMigration: Migration = {
  name: '0003-call-snapshot-parts',
  up: async (database) => {
    await sql`CREATE TABLE call_snapshot_part (
      call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (call_id, name)
    ) STRICT, WITHOUT ROWID`.execute(database);
  },
};
