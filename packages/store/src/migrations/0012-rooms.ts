import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Rooms: who is invited, when, and in which role. */
export interface RoomTables {
  readonly room: {
    /** Decimal digits. */
    readonly id: string;
    readonly resource_id: string;
    readonly created_at: number;
    readonly valid_from_at: number;
    readonly valid_until_at: number;
    readonly pstn_dial_out_enabled: 0 | 1;
    /** Digest of the request that made it, where that may be repeated. */
    readonly request_digest: string | null;
  };
  readonly room_participant: {
    readonly room_id: string;
    readonly identifier: string;
    readonly role: string;
  };
}

export const roomsMigration: Migration = {
  name: '0012-rooms',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE room (
        id TEXT PRIMARY KEY, resource_id TEXT NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, valid_from_at INTEGER NOT NULL, valid_until_at INTEGER NOT NULL, pstn_dial_out_enabled INTEGER NOT NULL, request_digest TEXT
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX room_by_resource ON room (resource_id, created_at, id)`,
      sql`CREATE INDEX room_by_end ON room (valid_until_at)`,
      sql`CREATE TABLE room_participant (
        room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE, identifier TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (room_id, identifier)
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX room_participant_by_identifier ON room_participant (identifier)`,
    ]) {
      await statement.execute(database);
    }
  },
};
