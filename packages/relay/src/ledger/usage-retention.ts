import type { Store } from '@dialplane/store';

/** Both small, so that no statement holds up calls. */
const allocationsAtOnce = 100;
const rowsAtOnce = 1000;

/**
 * What is taken out of the ledger again. Amounts stay for as long as somebody may have to account for them, also those of a deleted user: what is left of
 * them is an opaque identifier. Addresses of clients go with the call records, and with the user.
 */
export class UsageRetention {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Deletes the rows of allocations that stopped before an instant. */
  async deleteStopped(before: number): Promise<void> {
    const { database } = this.#store;
    const old = database.selectFrom('relay_usage').select('allocation_id').where('kind', '=', 'stopped').where('at', '<', before).limit(allocationsAtOnce);
    const remove = database.deleteFrom('relay_usage').where('allocation_id', 'in', old);
    while (((await this.#store.write([remove]))[0] ?? 0) > 0);
  }

  /** Takes the addresses of clients out of the rows from before an instant. */
  async forgetAddresses(before: number): Promise<void> {
    const { database } = this.#store;
    const old = database.selectFrom('relay_usage').select(['allocation_id', 'step']).where('at', '<', before).where('client_address', 'is not', null).limit(rowsAtOnce);
    const forget = database.updateTable('relay_usage').set({ client_address: null }).where(({ eb, refTuple }) => eb(refTuple('allocation_id', 'step'), 'in', old.$asTuple('allocation_id', 'step')));
    while (((await this.#store.write([forget]))[0] ?? 0) > 0);
  }

  async forgetAddressesOf(userId: string): Promise<void> {
    const { database } = this.#store;
    await this.#store.write([database.updateTable('relay_usage').set({ client_address: null }).where('user_id', '=', userId)], 'powerLoss');
  }
}
