import type { Binding, LocationTable } from '@dialplane/sip';
import { addMilliseconds } from '@dialplane/sansio';
import type { Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { Clock } from '../../clock.ts';

/** What is stored of a binding: all but what the columns of its row say. */
type StoredBinding = Omit<Binding, 'contact' | 'expiresAt'>;

/** Registrations in the store, so that a restart signs no telephone off: those over UDP, whose flows outlive a process. Changes are noted, and written by who has a clock. */
export class RegistrationStore {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly changed = new Set<string>();

  constructor(store: Store, clock: Clock, logger: Logger) {
    this.store = store;
    this.clock = clock;
    this.logger = logger;
  }

  /** Takes up what was registered when the process ended. */
  async load(table: LocationTable): Promise<void> {
    const rows = await this.store.database.selectFrom('sip_binding').selectAll().where('expires_at', '>', this.clock.wallMs()).execute();
    const now = this.clock.now();
    for (const row of rows) {
      const stored = JSON.parse(row.binding) as StoredBinding;
      if (stored.flow.transport === 'udp') table.bind(row.username, { ...stored, contact: row.contact, expiresAt: addMilliseconds(now, row.expires_at - this.clock.wallMs()) });
    }
    table.takeChanges();
  }

  /** The bindings of this telephone are not those of the store any more. */
  note(username: string): void {
    this.changed.add(username);
  }

  async save(table: LocationTable): Promise<void> {
    if (this.changed.size === 0) return;
    const usernames = [...this.changed];
    this.changed.clear();
    const now = this.clock.now();
    const { database } = this.store;
    const rows = usernames.flatMap((username) =>
      table.bindingsOf(username, now).map(({ contact, expiresAt, ...binding }) => ({
        username, contact, binding: JSON.stringify(plain(binding)), expires_at: Math.round(this.clock.wallMs() + expiresAt - now),
      })));
    try {
      await this.store.write([
        database.deleteFrom('sip_binding').where('username', 'in', usernames),
        ...rows.map((row) => database.insertInto('sip_binding').values(row)),
      ]);
    } catch (error) {
      for (const username of usernames) this.changed.add(username);
      this.logger.warn({ err: error, telephones: usernames.length }, 'Registrations of telephones could not be stored.');
    }
  }
}

/** A flow may be an object with more to it than its addresses. */
function plain({ flow, ...rest }: StoredBinding): StoredBinding {
  const { transport, local, remote } = flow;
  return { ...rest, flow: { transport, local, remote } };
}
