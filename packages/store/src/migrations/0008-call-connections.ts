import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Applications in calls, and what they have yet to be told. */
export interface CallConnectionTables {
  /** An application's part in a running call. */
  readonly call_connection: {
    readonly id: string;
    readonly call_id: string;
    readonly resource_id: string;
    /** JSON of the rest: who the application is, how it came, where its events go. */
    readonly connection: string;
    readonly created_at: number;
  };
  /** Events that no application has taken yet, in their order. They outlive their connection. */
  readonly call_connection_event: {
    /** Unique, and rising for each connection. */
    readonly sequence: number;
    readonly connection_id: string;
    readonly resource_id: string;
    readonly url: string;
    /** JSON of the event as it is posted. */
    readonly event: string;
  };
  /** What events are signed with. */
  readonly callback_key: { readonly kid: string; readonly private_jwk: string; readonly created_at: number };
}

export const callConnectionsMigration: Migration = {
  name: '0008-call-connections',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE call_connection (
        id TEXT PRIMARY KEY, call_id TEXT NOT NULL, resource_id TEXT NOT NULL, connection TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE call_connection_event (
        sequence INTEGER PRIMARY KEY, connection_id TEXT NOT NULL, resource_id TEXT NOT NULL, url TEXT NOT NULL, event TEXT NOT NULL
      ) STRICT`,
      sql`CREATE TABLE callback_key (kid TEXT PRIMARY KEY, private_jwk TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    ]) {
      await statement.execute(database);
    }
  },
};
