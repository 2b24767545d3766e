import type { Store } from '@dialplane/store';

/** A search or a reservation of numbers, as who keeps it writes it down. */
export interface StoredNumberHold {
  readonly id: string;
  /** What can be JSON. */
  readonly hold: object;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What is held of the pool, so that a restart frees nothing before its time. */
export class NumberHoldBook {
  readonly #store: Store;
  readonly #now: () => number;
  /** What the run before had left; who keeps holds takes it over. */
  readonly left: readonly StoredNumberHold[];

  private constructor(store: Store, now: () => number, left: readonly StoredNumberHold[]) {
    this.#store = store;
    this.#now = now;
    this.left = left;
  }

  static async open(store: Store, now: () => number): Promise<NumberHoldBook> {
    const rows = await store.database.selectFrom('telephone_number_hold').selectAll().where('expires_at', '>', now()).orderBy('id').execute();
    return new NumberHoldBook(store, now, rows.map(({ id, hold, expires_at }) => ({ id, hold: JSON.parse(hold) as object, expiresAt: expires_at })));
  }

  /** Resolves when it is stored; one of the same id is replaced. What has expired goes with the same stroke. */
  async keep({ id, hold, expiresAt }: StoredNumberHold): Promise<void> {
    const { database } = this.#store;
    const values = { hold: JSON.stringify(hold), expires_at: expiresAt };
    await this.#store.write([
      database.deleteFrom('telephone_number_hold').where('expires_at', '<=', this.#now()),
      database.insertInto('telephone_number_hold').values({ id, ...values }).onConflict((conflict) => conflict.column('id').doUpdateSet(values)),
    ]);
  }

  async forget(id: string): Promise<void> {
    await this.#store.write([this.#store.database.deleteFrom('telephone_number_hold').where('id', '=', id)]);
  }
}
