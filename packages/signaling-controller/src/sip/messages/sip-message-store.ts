import type { Store } from '@dialplane/store';
import { type PassedMessage, readSocketAddress, writeSocketAddress } from './stored-message.ts';

/** Messages in the store: they go with the call's other records, after their retention time or with a user. */
export class SipMessageStore {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Adds messages of one call. Rejects where the call itself is not stored (yet). */
  async add(callId: string, messages: ReadonlyArray<PassedMessage & { readonly sequence: number }>): Promise<void> {
    const { database } = this.store;
    await this.store.write(
      messages.map((message) =>
        database.insertInto('sip_message').values({
          call_id: callId,
          sequence: message.sequence,
          at: Math.round(message.atMs),
          direction: message.direction,
          transport: message.transport,
          local_address: writeSocketAddress(message.local),
          remote_address: writeSocketAddress(message.remote),
          bytes: message.bytes,
        }).onConflict((conflict) => conflict.doNothing()),
      ),
    );
  }

  /** In the order in which they went by. */
  async of(callId: string): Promise<ReadonlyArray<PassedMessage & { readonly sequence: number }>> {
    const rows = await this.store.database.selectFrom('sip_message').selectAll().where('call_id', '=', callId).orderBy('sequence').execute();
    return rows.map((row) => ({
      sequence: row.sequence,
      atMs: row.at,
      direction: row.direction,
      transport: row.transport,
      local: readSocketAddress(row.local_address),
      remote: readSocketAddress(row.remote_address),
      bytes: row.bytes,
    }));
  }
}
