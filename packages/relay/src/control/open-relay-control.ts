import type { Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import { RelayCredentials } from '../credentials/relay-credentials.ts';
import { RelayLedger } from '../ledger/relay-ledger.ts';
import { RelaySettingsStore } from '../ledger/relay-settings.ts';
import { UsageReader } from '../ledger/usage-reader.ts';
import { UsageRetention } from '../ledger/usage-retention.ts';
import type { RelayPlace } from './relay-place.ts';
import { RelayService } from './relay-service.ts';

export interface RelayControlOptions {
  readonly store: Store;
  /** Of the store: a thread of its own reads the ledger. */
  readonly dataDir: string;
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
  /** Stores what waits, as far as the store takes it; the plane must be closed before, and the store after. */
  close(): Promise<void>;
}

/** Opens the control side of the relay on the data of the run before. */
export async function openRelayControl(options: RelayControlOptions): Promise<RelayControl> {
  const { store, dataDir, logger, secret, resourceId, place, addressRetentionMs, usageRetentionMs, now = Date.now } = options;
  const [settings, credentials] = await Promise.all([RelaySettingsStore.open(store), RelayCredentials.open({ store, logger, secret, now })]);
  const retention = new UsageRetention(store);
  const reports = new UsageReader(dataDir);
  const ledger = new RelayLedger({ store, logger, rateOf: (id) => settings.get(id).rate });
  return {
    credentials,
    service: new RelayService({ credentials, settings, resourceId, place, reports }),
    ledger,
    sweep: async () => {
      await credentials.forgetExpired();
      await retention.forgetAddresses(now() - addressRetentionMs);
      await retention.deleteStopped(now() - usageRetentionMs);
    },
    forgetUser: (userId) => retention.forgetAddressesOf(userId),
    close: async () => {
      await reports.close();
      await ledger.close();
    },
  };
}
