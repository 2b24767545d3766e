import type { Store } from '@dialplane/store';
import type { CallConnection } from './call-connection.ts';
import type { CloudEvent } from './cloud-event.ts';

/** An event on its way to an application. */
export interface PendingEvent {
  /** Orders the events of all connections. */
  readonly sequence: number;
  readonly connectionId: string;
  readonly resourceId: string;
  readonly url: string;
  readonly event: CloudEvent;
}

/** Connections and their events, in the store. */
export class CallConnectionStore {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async load(): Promise<CallConnection[]> {
    const rows = await this.store.database.selectFrom('call_connection').selectAll().orderBy('created_at').execute();
    return rows.map(({ connection }) => JSON.parse(connection) as CallConnection);
  }

  async loadEvents(): Promise<PendingEvent[]> {
    const rows = await this.store.database.selectFrom('call_connection_event').selectAll().orderBy('sequence').execute();
    return rows.map((row) => ({ sequence: row.sequence, connectionId: row.connection_id, resourceId: row.resource_id, url: row.url, event: JSON.parse(row.event) as CloudEvent }));
  }

  async save(connection: CallConnection): Promise<void> {
    const { connectionId, callId, resourceId, createdAt } = connection;
    const row = { id: connectionId, call_id: callId, resource_id: resourceId, connection: JSON.stringify(connection), created_at: createdAt };
    await this.store.write([this.store.database.insertInto('call_connection').values(row)]);
  }

  async remove(connectionId: string): Promise<void> {
    await this.store.write([this.store.database.deleteFrom('call_connection').where('id', '=', connectionId)]);
  }

  /** @param isLast the connection is over with it, and is kept no longer. */
  async putEvent({ sequence, connectionId, resourceId, url, event }: PendingEvent, isLast: boolean): Promise<void> {
    const { database } = this.store;
    await this.store.write([
      database.insertInto('call_connection_event').values({ sequence, connection_id: connectionId, resource_id: resourceId, url, event: JSON.stringify(event) }),
      ...(isLast ? [database.deleteFrom('call_connection').where('id', '=', connectionId)] : []),
    ]);
  }

  async removeEvent(sequence: number): Promise<void> {
    await this.store.write([this.store.database.deleteFrom('call_connection_event').where('sequence', '=', sequence)]);
  }
}
