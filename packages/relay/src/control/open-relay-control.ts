import type { Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import { RelayCredentials } from '../credentials/relay-credentials.ts';
import { RelayLedger } from '../ledger/relay-ledger.ts';
import { RelaySettingsStore } from '../ledger/relay-settings.ts';
import { UsageQueries } from '../ledger/usage-queries.ts';
import { UsageRetention } from '../ledger/usage-retention.ts';
import type { RelayPlace } from './relay-place.ts';
import { RelayService } from './relay-service.ts';

export interface RelayControlOptions {
  readonly store: Store;
  readonly logger: Logger;
  /** What passwords are made with; the plane has the same. */
  readonly secret: string;
  /** The resource whose calls these are. */
  readonly resourceId: () => string;
  /** `undefined` where this server runs no relay, or not yet. */
  readonly place: () => RelayPlace | undefined;
  /** How long addresses of clients stay in the ledger: as long as call records. */
  readonly addressRetentionMs: number;
  /** How long amounts stay in the ledger. */
  readonly usageRetentionMs: number;
  /** Wall clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
}

/** Everything about the relay that is not packets. */
export interface RelayControl {
  readonly service: RelayService;
  readonly credentials: RelayCredentials;
  readonly ledger: RelayLedger;
  /** Lets go of what has had its time. To be called now and then. */
  sweep(): Promise<void>;
  /** Takes the addresses of a deleted user out of the ledger. */
  forgetUser(userId: string): Promise<void>;
}

/** Opens the control side of the relay on the data of the run before. */
export async function openRelayControl(options: RelayControlOptions): Promise<RelayControl> {
  const { store, logger, secret, resourceId, place, addressRetentionMs, usageRetentionMs, now = Date.now } = options;
  const [settings, credentials] = await Promise.all([RelaySettingsStore.open(store), RelayCredentials.open({ store, logger, secret, now })]);
  const retention = new UsageRetention(store);
  return {
    credentials,
    service: new RelayService({ credentials, settings, resourceId, place, queries: new UsageQueries(store) }),
    ledger: new RelayLedger({ store, logger, rateOf: (id) => settings.get(id).rate }),
    sweep: async () => {
      await credentials.forgetExpired();
      await retention.forgetAddresses(now() - addressRetentionMs);
      await retention.deleteStopped(now() - usageRetentionMs);
    },
    forgetUser: (userId) => retention.forgetAddressesOf(userId),
  };
}
