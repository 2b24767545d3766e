import type { Store } from '@dialplane/store';
import type { ClientDescription, Registration } from './registered-endpoint.ts';

/** The registrations that outlive the process. */
export class EndpointStore {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async save(registration: Registration): Promise<void> {
    const { endpointId, identifier, displayName, client, tokenExpiresAt, registeredAt } = registration;
    const row = {
      id: endpointId,
      identifier,
      display_name: displayName ?? null,
      client: JSON.stringify(client),
      token_expires_at: tokenExpiresAt,
      registered_at: registeredAt,
    };
    await this.store.write([this.store.database.insertInto('endpoint').values(row).onConflict((conflict) => conflict.column('id').doUpdateSet(row))]);
  }

  async remove(endpointId: string): Promise<void> {
    await this.store.write([this.store.database.deleteFrom('endpoint').where('id', '=', endpointId)]);
  }

  async load(): Promise<Registration[]> {
    const rows = await this.store.database.selectFrom('endpoint').selectAll().orderBy('registered_at').execute();
    return rows.map((row) => ({
      endpointId: row.id,
      identifier: row.identifier,
      displayName: row.display_name ?? undefined,
      client: JSON.parse(row.client) as ClientDescription,
      tokenExpiresAt: row.token_expires_at,
      registeredAt: row.registered_at,
    }));
  }
}
