import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Trunks, numbers, routes, SIP phones, and what was telephoned. */
export interface TelephonyTables {
  readonly telephone_trunk: {
    /** FQDN, lower case. */
    readonly name: string;
    /** JSON object: all but what is secret. */
    readonly settings: string;
    /** Password for the carrier's challenges; it is needed as it is. */
    readonly secret: string | null;
    /** Who signs requests of the trunk, and JSON of the hashes by which that is verified. */
    readonly digest_username: string | null;
    readonly digest_secrets: string | null;
    readonly created_at: number;
  };
  readonly telephone_number: {
    /** E.164 with `+`. */
    readonly number: string;
    /** JSON object. */
    readonly settings: string;
    readonly since_at: number;
  };
  /** JSON documents by name: `routes`, `policy`. */
  readonly telephony_document: { readonly name: string; readonly value: string };
  readonly sip_device: {
    readonly username: string;
    /** Raw identifier of the user whose telephone it is. */
    readonly identifier: string;
    readonly display_name: string | null;
    readonly realm: string;
    /** JSON of the hashes of `username:realm:password`. */
    readonly secrets: string;
    readonly created_at: number;
  };
  /** The ledger of lines. Rows are only added; times are those since the row before of the same line, so that sums are sums. */
  readonly telephone_usage: {
    readonly line_id: string;
    /** From 0. */
    readonly step: number;
    readonly kind: 'started' | 'answered' | 'continued' | 'ended';
    /** Of `ended`. */
    readonly reason: string | null;
    readonly at: number;
    readonly resource_id: string;
    readonly call_id: string | null;
    readonly identifier: string | null;
    readonly direction: 'outbound' | 'inbound';
    readonly trunk: string | null;
    /** Of the telephone. `null` where it is hidden, and once records of that age, or of that user, are deleted. */
    readonly number: string | null;
    readonly own_number: string | null;
    readonly answered_ms: number;
    /** Of `ended`: what is charged. */
    readonly minutes: number;
    /** Millionths of the currency for a minute, as it was when the line began. */
    readonly rate_micros: number;
    /** ISO 4217. */
    readonly currency: string;
  };
}

export const telephonyMigration: Migration = {
  name: '0005-telephony',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE telephone_trunk (
        name TEXT PRIMARY KEY, settings TEXT NOT NULL, secret TEXT, digest_username TEXT, digest_secrets TEXT, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE UNIQUE INDEX telephone_trunk_by_username ON telephone_trunk (digest_username) WHERE digest_username IS NOT NULL`,
      sql`CREATE TABLE telephone_number (number TEXT PRIMARY KEY, settings TEXT NOT NULL, since_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE telephony_document (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE sip_device (
        username TEXT PRIMARY KEY, identifier TEXT NOT NULL, display_name TEXT, realm TEXT NOT NULL, secrets TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE telephone_usage (
        line_id TEXT NOT NULL, step INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL, resource_id TEXT NOT NULL, call_id TEXT, identifier TEXT,
        direction TEXT NOT NULL, trunk TEXT, number TEXT, own_number TEXT, answered_ms INTEGER NOT NULL, minutes INTEGER NOT NULL, rate_micros INTEGER NOT NULL,
        currency TEXT NOT NULL, PRIMARY KEY (line_id, step)
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX telephone_usage_by_time ON telephone_usage (at, line_id, step)`,
      sql`CREATE INDEX telephone_usage_by_call ON telephone_usage (call_id, at) WHERE call_id IS NOT NULL`,
      sql`CREATE INDEX telephone_usage_by_user ON telephone_usage (identifier, at) WHERE identifier IS NOT NULL`,
      sql`CREATE INDEX telephone_usage_with_number ON telephone_usage (at) WHERE number IS NOT NULL`,
    ]) {
      await statement.execute(database);
    }
  },
};
