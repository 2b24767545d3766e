import type { Binding, LocationTable } from '@dialplane/sip';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { reusableStatement, type Schema, type Statement, type Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { Clock } from '../../clock.ts';

/** What is stored of a binding: all but what the columns of its row say. */
type StoredBinding = Omit<Binding, 'contact' | 'expiresAt'>;

/**
 * Registrations in the store, so that a restart signs no telephone off: those over UDP, whose flows outlive a process. Changes are noted, and written by who has a clock; one
 * that is merely refreshed is written again when what the store says of it has half its time left.
 */
export class RegistrationStore {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly remove: (row: Pick<Schema['sip_binding'], 'username'>) => Statement;
  private readonly put: (row: Schema['sip_binding']) => Statement;
  private readonly changed = new Set<string>();
  /** What the store says: until when, and over which flow. */
  private readonly stored = new Map<string, { readonly until: Instant; readonly source: string }>();

  constructor(store: Store, clock: Clock, logger: Logger) {
    this.store = store;
    this.clock = clock;
    this.logger = logger;
    const { database } = store;
    this.remove = reusableStatement<Pick<Schema['sip_binding'], 'username'>>(['username'], ({ username }) => database.deleteFrom('sip_binding').where('username', '=', username));
    this.put = reusableStatement<Schema['sip_binding']>(['username', 'contact', 'binding', 'expires_at'], (row) => database.insertInto('sip_binding').values(row));
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

  /** A binding was added, or refreshed. */
  noteBound(username: string, { contact, expiresAt, flow }: Binding): void {
    const known = this.stored.get(`${username} ${contact}`);
    const now = this.clock.now();
    if (known === undefined || known.source !== sourceOf(flow) || known.until - now < (expiresAt - now) / 2) this.changed.add(username);
  }

  noteUnbound(username: string, { contact }: Binding): void {
    this.stored.delete(`${username} ${contact}`);
    this.changed.add(username);
  }

  async save(table: LocationTable): Promise<void> {
    if (this.changed.size === 0) return;
    const usernames = [...this.changed];
    this.changed.clear();
    const now = this.clock.now();
    const bound = usernames.flatMap((username) => table.bindingsOf(username, now).map((binding) => ({ username, binding })));
    const rows = bound.map(({ username, binding: { contact, expiresAt, ...binding } }) => ({
      username, contact, binding: JSON.stringify(plain(binding)), expires_at: Math.round(this.clock.wallMs() + expiresAt - now),
    }));
    for (const { username, binding } of bound) this.stored.set(`${username} ${binding.contact}`, { until: binding.expiresAt, source: sourceOf(binding.flow) });
    try {
      await this.store.write([...usernames.map((username) => this.remove({ username })), ...rows.map((row) => this.put(row))]);
    } catch (error) {
      for (const username of usernames) this.changed.add(username);
      this.stored.clear();
      this.logger.warn({ err: error, telephones: usernames.length }, 'Registrations of telephones could not be stored.');
    }
  }
}

function sourceOf({ transport, remote }: Binding['flow']): string {
  return `${transport} ${remote.address} ${remote.port}`;
}

/** A flow may be an object with more to it than its addresses. */
function plain({ flow, ...rest }: StoredBinding): StoredBinding {
  const { transport, local, remote } = flow;
  return { ...rest, flow: { transport, local, remote } };
}
