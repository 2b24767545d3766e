import type { Kysely } from 'kysely';

/** One step of the schema. Steps only go forward, and a step that was released never changes. */
export interface Migration {
  /** As its file is called: `0001-identity`. Its number is the schema version it leads to. */
  readonly name: string;
  /** Runs inside a transaction of its own; what it throws leaves the database as it was. */
  up(database: Kysely<unknown>): Promise<void>;
}
