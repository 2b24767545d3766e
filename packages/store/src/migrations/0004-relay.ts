import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Who may use the relay, what it relayed for whom, and what that costs. */
export interface RelayTables {
  /** Unexpired TURN credentials, so that a restart takes none away. What is secret about one follows from a key outside the store. */
  readonly relay_credential: {
    readonly id: string;
    readonly resource_id: string;
    readonly user_id: string;
    /** Both or none: credentials of the network traversal API belong to a user and no call. */
    readonly call_id: string | null;
    readonly participant_id: string | null;
    readonly expires_at: number;
  };
  /** The ledger. Rows are only added; amounts are those since the row before of the same allocation, so that sums are sums. */
  readonly relay_usage: {
    readonly allocation_id: string;
    /** From 0. */
    readonly step: number;
    readonly kind: 'started' | 'continued' | 'stopped';
    /** Of `stopped`. */
    readonly reason: string | null;
    readonly at: number;
    readonly resource_id: string;
    readonly user_id: string;
    readonly call_id: string | null;
    readonly participant_id: string | null;
    readonly client_transport: 'udp' | 'tcp' | 'tls';
    readonly peer_transport: 'udp' | 'tcp';
    /** With port. `null` once records of that age, or of that user, are deleted. */
    readonly client_address: string | null;
    /** Separated by spaces. */
    readonly relayed_addresses: string;
    readonly to_peer_bytes: number;
    readonly to_peer_packets: number;
    readonly to_client_bytes: number;
    readonly to_client_packets: number;
    readonly duration_ms: number;
    /** Millionths of the currency for 10^9 bytes, as it was when the allocation began. */
    readonly rate_micros: number;
    /** ISO 4217. */
    readonly currency: string;
  };
  /** Of resources whose operator changed something. */
  readonly relay_settings: {
    readonly resource_id: string;
    readonly is_enabled: 0 | 1;
    readonly rate_micros: number;
    readonly currency: string;
  };
}

export const relayMigration: Migration = {
  name: '0004-relay',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE relay_credential (
        id TEXT PRIMARY KEY, resource_id TEXT NOT NULL, user_id TEXT NOT NULL, call_id TEXT, participant_id TEXT, expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE relay_usage (
        allocation_id TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL,
        resource_id TEXT NOT NULL, user_id TEXT NOT NULL, call_id TEXT, participant_id TEXT,
        client_transport TEXT NOT NULL, peer_transport TEXT NOT NULL, client_address TEXT, relayed_addresses TEXT NOT NULL,
        to_peer_bytes INTEGER NOT NULL, to_peer_packets INTEGER NOT NULL, to_client_bytes INTEGER NOT NULL, to_client_packets INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL, rate_micros INTEGER NOT NULL, currency TEXT NOT NULL,
        PRIMARY KEY (allocation_id, step)
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX relay_usage_by_time ON relay_usage (at, allocation_id, step)`,
      sql`CREATE INDEX relay_usage_with_address ON relay_usage (at) WHERE client_address IS NOT NULL`,
      sql`CREATE INDEX relay_usage_by_call ON relay_usage (call_id, at) WHERE call_id IS NOT NULL`,
      sql`CREATE INDEX relay_usage_by_user ON relay_usage (user_id, at)`,
      sql`CREATE TABLE relay_settings (
        resource_id TEXT PRIMARY KEY REFERENCES resource (id) ON DELETE CASCADE, is_enabled INTEGER NOT NULL, rate_micros INTEGER NOT NULL, currency TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ]) {
      await statement.execute(database);
    }
  },
};
