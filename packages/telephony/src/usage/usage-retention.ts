import type { Store } from '@dialplane/store';
import { linesWith } from './usage-queries.ts';

/** Both small, so that no statement holds up calls. */
const linesAtOnce = 100;
const rowsAtOnce = 1000;

/** What is taken out of the ledger of lines again. Minutes stay for as long as somebody may have to account for them; whom people called goes with the call records, and with the user. */
export class UsageRetention {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Deletes lines that ended before an instant. */
  async deleteEnded(before: number): Promise<void> {
    const { database } = this.#store;
    const old = database.selectFrom('telephone_usage').select('line_id').where('kind', '=', 'ended').where('at', '<', before).limit(linesAtOnce);
    const remove = database.deleteFrom('telephone_usage').where('line_id', 'in', old);
    while (((await this.#store.write([remove]))[0] ?? 0) > 0);
  }

  /** Takes the numbers of telephones out of the rows from before an instant. */
  async forgetNumbers(before: number): Promise<void> {
    const { database } = this.#store;
    const old = database.selectFrom('telephone_usage').select(['line_id', 'step']).where('at', '<', before).where('number', 'is not', null).limit(rowsAtOnce);
    const forget = database.updateTable('telephone_usage').set({ number: null }).where(({ eb, refTuple }) => eb(refTuple('line_id', 'step'), 'in', old.$asTuple('line_id', 'step')));
    while (((await this.#store.write([forget]))[0] ?? 0) > 0);
  }

  async forgetNumbersOf(identifier: string): Promise<void> {
    const { database } = this.#store;
    await this.#store.write([database.updateTable('telephone_usage').set({ number: null }).where('line_id', 'in', linesWith('identifier', identifier))], 'powerLoss');
  }
}
