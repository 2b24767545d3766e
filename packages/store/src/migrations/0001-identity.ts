import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Who may do what: resources with their access keys, users, operators and the keys that sign tokens. */
export interface IdentityTables {
  readonly resource: {
    /** GUID; part of every identifier of its users. */
    readonly id: string;
    readonly name: string;
    /** Base64 of 32 random bytes; requests are signed with it, so it is kept as it is. */
    readonly primary_key: string;
    /** Changes with the key: tokens name the key they were issued with. */
    readonly primary_key_id: string;
    readonly secondary_key: string;
    readonly secondary_key_id: string;
    /** JSON array of web origins, or of `*` alone. */
    readonly allowed_origins: string;
    readonly created_at: number;
  };
  /** The hosts (with port where it is not the default) by which a resource is reached. */
  readonly resource_host: { readonly host: string; readonly resource_id: string };
  readonly signing_key: {
    readonly kid: string;
    readonly algorithm: string;
    /** JSON Web Key (RFC 7517) with its private part. */
    readonly private_jwk: string;
    readonly created_at: number;
    /** From then on it signs nothing, and verifies what it signed until that has expired. */
    readonly retired_at: number | null;
  };
  readonly communication_user: {
    readonly id: string;
    readonly resource_id: string;
    /** Tokens carry the generation they were issued in; revoking begins the next one. */
    readonly token_generation: number;
    /** Both only for development users, who sign in by name. `directory_name` is the name folded for comparison. */
    readonly display_name: string | null;
    readonly directory_name: string | null;
    readonly created_at: number;
  };
  readonly operator_session: {
    readonly id: string;
    readonly operator_id: string;
    readonly created_at: number;
    readonly expires_at: number;
  };
  readonly sign_in_link: {
    /** SHA-256 of the code, base64url. */
    readonly code_hash: string;
    readonly is_operator: 0 | 1;
    readonly created_at: number;
    readonly expires_at: number;
  };
}

export const identityMigration: Migration = {
  name: '0001-identity',
  up: async (database) => {
    for (const statement of [
      sql`CREATE TABLE resource (
        id TEXT PRIMARY KEY, name TEXT NOT NULL,
        primary_key TEXT NOT NULL, primary_key_id TEXT NOT NULL, secondary_key TEXT NOT NULL, secondary_key_id TEXT NOT NULL,
        allowed_origins TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE resource_host (
        host TEXT PRIMARY KEY, resource_id TEXT NOT NULL REFERENCES resource (id) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE INDEX resource_host_by_resource ON resource_host (resource_id)`,
      sql`CREATE TABLE signing_key (
        kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, private_jwk TEXT NOT NULL, created_at INTEGER NOT NULL, retired_at INTEGER
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE communication_user (
        id TEXT PRIMARY KEY, resource_id TEXT NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
        token_generation INTEGER NOT NULL, display_name TEXT, directory_name TEXT, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE UNIQUE INDEX communication_user_by_directory_name ON communication_user (resource_id, directory_name)
        WHERE directory_name IS NOT NULL`,
      sql`CREATE TABLE operator_session (
        id TEXT PRIMARY KEY, operator_id TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      sql`CREATE TABLE sign_in_link (
        code_hash TEXT PRIMARY KEY, is_operator INTEGER NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ]) {
      await statement.execute(database);
    }
  },
};
