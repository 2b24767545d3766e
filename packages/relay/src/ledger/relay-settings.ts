import type { Store } from '@dialplane/store';
import { freeOfCharge, type RelayRate } from './relay-rates.ts';

/** What an operator decides about the relay for one resource. */
export interface RelaySettings {
  readonly isEnabled: boolean;
  readonly rate: RelayRate;
}

const preset: RelaySettings = { isEnabled: true, rate: freeOfCharge };

/** The settings of all resources, held in memory: every credential and every row of the ledger asks for them. */
export class RelaySettingsStore {
  readonly #store: Store;
  readonly #settings: Map<string, RelaySettings>;

  private constructor(store: Store, settings: Map<string, RelaySettings>) {
    this.#store = store;
    this.#settings = settings;
  }

  static async open(store: Store): Promise<RelaySettingsStore> {
    const rows = await store.database.selectFrom('relay_settings').selectAll().execute();
    return new RelaySettingsStore(store, new Map(rows.map((row) => [
      row.resource_id, { isEnabled: row.is_enabled === 1, rate: { micros: row.rate_micros, currency: row.currency } },
    ])));
  }

  get(resourceId: string): RelaySettings {
    return this.#settings.get(resourceId) ?? preset;
  }

  /** Takes effect once it is stored; throws {@link StoreError} otherwise. */
  async update(resourceId: string, change: Partial<RelaySettings>): Promise<RelaySettings> {
    const settings = { ...this.get(resourceId), ...change };
    const values = { is_enabled: settings.isEnabled ? 1 : 0, rate_micros: settings.rate.micros, currency: settings.rate.currency } as const;
    const { database } = this.#store;
    await this.#store.write([
      database.insertInto('relay_settings').values({ resource_id: resourceId, ...values }).onConflict((conflict) => conflict.column('resource_id').doUpdateSet(values)),
    ], 'powerLoss');
    this.#settings.set(resourceId, settings);
    return settings;
  }
}
