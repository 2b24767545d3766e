import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Who is reachable, which calls run, and what remains of those that ended. */
export interface CallTables {
  /** Registered clients, so that a restart does not sign anybody off. */
  readonly endpoint: {
    readonly id: string;
    readonly identifier: string;
    readonly display_name: string | null;
    /** JSON object: what the client says of itself. */
    readonly client: string;
    readonly token_expires_at: number;
    readonly registered_at: number;
  };
  readonly call: {
    readonly id: string;
    readonly started_at: number;
    readonly ended_at: number | null;
    /** JSON of the call engine; only while the call runs. */
    readonly snapshot: string | null;
    /** When the snapshot was taken. */
    readonly saved_at: number;
    /** JSON object: how far the flow record is, and the facts in it. */
    readonly flow_progress: string;
    /** JSON array of flow lanes; once the call has ended, as `entry`. */
    readonly lanes: string | null;
    /** JSON `CallListEntry`. */
    readonly entry: string | null;
  };
  /** Everybody who was in a call or called: whose calls are listed for whom, and deleted with whom. */
  readonly call_party: { readonly identifier: string; readonly started_at: number; readonly call_id: string };
  /** Flow events in chunks, as they were committed; `first_sequence` orders them. */
  readonly call_flow: { readonly call_id: string; readonly first_sequence: number; readonly events: string };
  /** JSON `CallSummary`, one per participant endpoint. */
  readonly call_summary: { readonly call_id: string; readonly participant_id: string; readonly summary: string };
  /** JSON `CallDiagnostics`, the newest of each stream. `stream` is its id, direction and kind. */
  readonly call_diagnostics: { readonly call_id: string; readonly participant_id: string; readonly stream: string; readonly diagnostics: string };
}

export const callsMigration: Migration = {
  name: '0002-calls',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE endpoint (
        id TEXT PRIMARY KEY, identifier TEXT NOT NULL, display_name TEXT, client TEXT NOT NULL,
        token_expires_at INTEGER NOT NULL, registered_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE call (
        id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, snapshot TEXT, saved_at INTEGER NOT NULL,
        flow_progress TEXT NOT NULL, lanes TEXT, entry TEXT
      ) STRICT`,
      sql`CREATE INDEX call_by_start ON call (started_at, id)`,
      sql`CREATE INDEX call_by_end ON call (ended_at)`,
      sql`CREATE TABLE call_party (
        identifier TEXT NOT NULL, started_at INTEGER NOT NULL, call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE,
        PRIMARY KEY (identifier, started_at, call_id)
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX call_party_by_call ON call_party (call_id)`,
      sql`CREATE TABLE call_flow (
        call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE, first_sequence INTEGER NOT NULL, events TEXT NOT NULL,
        PRIMARY KEY (call_id, first_sequence)
      ) STRICT`,
      sql`CREATE TABLE call_summary (
        call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE, participant_id TEXT NOT NULL, summary TEXT NOT NULL,
        PRIMARY KEY (call_id, participant_id)
      ) STRICT`,
      sql`CREATE TABLE call_diagnostics (
        call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE, participant_id TEXT NOT NULL, stream TEXT NOT NULL,
        diagnostics TEXT NOT NULL, PRIMARY KEY (call_id, participant_id, stream)
      ) STRICT`,
    ]) {
      await statement.execute(database);
    }
  },
};
