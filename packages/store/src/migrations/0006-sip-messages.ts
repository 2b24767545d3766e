import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Where SIP phones are reached, and what was said in SIP during calls. */
export interface SipMessageTables {
  /** Bindings of registered telephones (RFC 3261 §10.3), so that a restart signs none of them off. */
  readonly sip_binding: {
    /** The user part of the address of record: the user name of a device. */
    readonly username: string;
    /** Contact URI. */
    readonly contact: string;
    /** JSON of the binding but for what the other columns say. */
    readonly binding: string;
    readonly expires_at: number;
  };
  /** What the edge signs with: routes of running dialogs are known again after a restart. */
  readonly sip_secret: { readonly name: string; readonly secret: Uint8Array };
  /** Messages as they were sent and received, with what credentials prove taken out. */
  readonly sip_message: {
    readonly call_id: string;
    /** Microseconds since 1970, each once in a call: orders the messages. */
    readonly sequence: number;
    readonly at: number;
    readonly direction: 'in' | 'out';
    readonly transport: 'udp' | 'tcp' | 'tls' | 'inside';
    /** Transport addresses, `192.0.2.1:5060` or `[2001:db8::1]:5060`. */
    readonly local_address: string;
    readonly remote_address: string;
    readonly bytes: Uint8Array;
  };
}

export const sipMessagesMigration: Migration = {
  name: '0006-sip-messages',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE sip_binding (
        username TEXT NOT NULL, contact TEXT NOT NULL, binding TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (username, contact)
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX sip_binding_by_end ON sip_binding (expires_at)`,
      sql`CREATE TABLE sip_secret (name TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE sip_message (
        call_id TEXT NOT NULL REFERENCES call (id) ON DELETE CASCADE, sequence INTEGER NOT NULL, at INTEGER NOT NULL, direction TEXT NOT NULL,
        transport TEXT NOT NULL, local_address TEXT NOT NULL, remote_address TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (call_id, sequence)
      ) STRICT`,
    ]) {
      await statement.execute(database);
    }
  },
};
