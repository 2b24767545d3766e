import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Webhooks that are told of events of the resource. */
export interface EventSubscriptionTables {
  readonly event_subscription: {
    readonly name: string;
    /** JSON: where, and which events. */
    readonly settings: string;
    readonly created_at: number;
  };
}

export const eventSubscriptionsMigration: Migration = {
  name: '0011-event-subscriptions',
  up: async (database) => {
    await sql`CREATE TABLE event_subscription (name TEXT PRIMARY KEY, settings TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`.execute(database);
  },
};
