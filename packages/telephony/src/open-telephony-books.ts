import { ReaderThread, type Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import { TelephonyDesk } from './administration/telephony-desk.ts';
import { DeviceBook } from './devices/device-book.ts';
import { edgeDirectory, type EdgeDirectory } from './edge/edge-directory.ts';
import { PolicyBook } from './limits/policy-book.ts';
import { NumberBook } from './numbers/number-book.ts';
import { OutboundRouter } from './routes/outbound-router.ts';
import { RouteBook } from './routes/route-book.ts';
import { SipConfiguration } from './routes/sip-configuration.ts';
import { TrunkBook } from './trunks/trunk-book.ts';
import { TrunkHealthBoard } from './trunks/trunk-health-board.ts';
import { LineLedger } from './usage/line-ledger.ts';
import { LineMeter } from './usage/line-meter.ts';
import { closeOpenLines, type RecordedLineSource } from './usage/open-lines.ts';
import type { UsageReport } from './usage/usage-report.ts';
import { UsageRetention } from './usage/usage-retention.ts';
import { EventSubscriptionBook } from './webhooks/event-subscription-book.ts';
import { IncomingCallDesk } from './webhooks/incoming-call-desk.ts';
import { SubscribedApplications } from './webhooks/subscribed-applications.ts';
import { webhookGuard } from './webhooks/webhook-guard.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';

export interface TelephonyBooksOptions {
  readonly store: Store;
  /** Of the store: a thread of its own reads the ledger. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** The resource whose calls these are. */
  readonly resourceId: () => string;
  /** How long numbers of telephones stay in the ledger: as long as call records. */
  readonly numberRetentionMs: number;
  /** How long minutes stay in the ledger. */
  readonly usageRetentionMs: number;
  /** Of SIP digests; it must never change, because stored hashes have it in them. */
  readonly realm?: string;
  /** Whether there is such a user, by raw identifier; everybody is there by default. */
  readonly userExists?: (identifier: string) => Promise<boolean>;
  /** Which webhooks are called: HTTPS at public addresses only by default. */
  readonly webhooks?: 'public' | 'private';
  /** Names a call for those outside; by itself by default. */
  readonly serverCallIdOf?: (callId: string) => string;
  /** What the records of calls say about lines that a killed run left open; nothing by default. */
  readonly recordedLine?: RecordedLineSource;
  /** A bearer token by which webhooks of a resource know us. */
  readonly authorization?: (resourceId: string) => Promise<string>;
  /** Wall clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
  /** Uniform in [0, 1); `Math.random` by default: the order of trunks is no secret. */
  readonly random?: () => number;
}

/** All that telephony knows and keeps: trunks, numbers, routes, policy, SIP phones, the meter of lines and its ledger. */
export interface TelephonyBooks {
  readonly trunks: TrunkBook;
  readonly health: TrunkHealthBoard;
  readonly numbers: NumberBook;
  readonly routes: RouteBook;
  readonly policy: PolicyBook;
  readonly devices: DeviceBook;
  readonly meter: LineMeter;
  readonly router: OutboundRouter;
  /** Trunks and routes in Azure's form. */
  readonly sipConfiguration: SipConfiguration;
  /** Asks applications about calls to numbers of theirs. */
  readonly incomingCalls: IncomingCallDesk;
  /** Webhooks that have subscribed to calls between users. */
  readonly eventSubscriptions: EventSubscriptionBook;
  /** Tells them of such calls. */
  readonly calledUsers: SubscribedApplications;
  /** Tells applications. */
  readonly webhooks: WebhookSender;
  /** For the SIP edge. */
  readonly directory: EdgeDirectory;
  /** For the operators' API. */
  readonly desk: TelephonyDesk;
  /** Resolves when all that the meter was told is stored, or waits for a disk that is full. */
  settled(): Promise<void>;
  /** Lets go of what has had its time. To be called now and then. */
  sweep(): Promise<void>;
  /** Deletes a user's SIP phones, and whom the user called; numbers lead to the user no more. */
  forgetUser(identifier: string): Promise<void>;
  /** Ends what is metered and stores what waits; the store must be closed after. */
  close(): Promise<void>;
}

const tickMs = 60_000;
const presetRealm = 'dialplane';

/** Opens the books on the data of the run before. Throws `StoreError`. */
export async function openTelephonyBooks(options: TelephonyBooksOptions): Promise<TelephonyBooks> {
  const { store, dataDir, logger, resourceId, numberRetentionMs, usageRetentionMs, realm = presetRealm, webhooks = 'public', serverCallIdOf = (callId) => callId, recordedLine = async () => undefined, userExists = async () => true, authorization, now = Date.now, random = Math.random } = options;
  const trunks = await TrunkBook.open(store, realm, now);
  const isTrunk = (name: string): boolean => trunks.has(name);
  const [numbers, routes, policy, devices, eventSubscriptions] = await Promise.all([NumberBook.open(store, now, isTrunk), RouteBook.open(store, isTrunk), PolicyBook.open(store), DeviceBook.open(store, realm, now), EventSubscriptionBook.open(store, now)]);
  const interrupted = await closeOpenLines(store, recordedLine);
  if (interrupted > 0) logger.warn({ lines: interrupted }, 'Telephone lines of the run before were left open; their usage ends with the record of their call, or where it was last written.');
  const ledger = new LineLedger({ store, logger });
  const meter = await LineMeter.open({ store, ledger, policy, trunks, resourceId, now });
  const health = new TrunkHealthBoard();
  trunks.onChange((name) => {
    if (!trunks.has(name)) health.forget(name);
  });
  const router = new OutboundRouter({ trunks, health, numbers, routes, policy, meter, random });
  const reports = new ReaderThread<UsageReport>({ module: new URL('usage/usage-worker.ts', import.meta.url), dataDir, name: 'telephone-usage' });
  const retention = new UsageRetention(store);
  const ticking = setInterval(() => meter.tick(), tickMs);
  ticking.unref();
  const sender = new WebhookSender({ guard: webhookGuard(webhooks), ...(authorization !== undefined && { authorization }) });
  const incomingCalls = new IncomingCallDesk({ sender, logger, resourceId, serverCallIdOf, now });
  const parts = { trunks, health, numbers, routes, policy, devices, meter, router, incomingCalls, eventSubscriptions };
  return {
    ...parts,
    calledUsers: new SubscribedApplications(eventSubscriptions, incomingCalls),
    webhooks: sender,
    sipConfiguration: new SipConfiguration({ store, trunks, routes, numbers }),
    directory: edgeDirectory(trunks, devices),
    desk: new TelephonyDesk(parts, userExists, reports),
    settled: () => ledger.settled(),
    sweep: async () => {
      await retention.forgetNumbers(now() - numberRetentionMs);
      await retention.deleteEnded(now() - usageRetentionMs);
    },
    forgetUser: async (identifier) => {
      await devices.deleteOf(identifier);
      await numbers.forgetUser(identifier);
      await retention.forgetNumbersOf(identifier);
    },
    close: async () => {
      clearInterval(ticking);
      incomingCalls.close();
      meter.close();
      await reports.close();
      await ledger.close();
    },
  };
}
