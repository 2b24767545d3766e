import type { Identity } from '@dialplane/identity';
import { recordedParticipation, serverCallIdOf } from '@dialplane/signaling-controller';
import type { Store } from '@dialplane/store';
import { openTelephonyBooks, type TelephonyBooks } from '@dialplane/telephony';
import type { Logger } from '@dialplane/telemetry';
import type { ServerOptions } from '../command-line/options.ts';

export interface OpenBooksOptions {
  readonly options: ServerOptions;
  readonly store: Store;
  readonly identity: Identity;
  readonly logger: Logger;
}

const dayMs = 86_400_000;
const sweepEveryMs = 3_600_000;

/** Trunks, numbers, routes and the ledger of lines, with what has to happen to them while the server runs: they forget users who are deleted and what has had its time. */
export async function openBooks({ options, store, identity, logger }: OpenBooksOptions): Promise<TelephonyBooks> {
  const books = await openTelephonyBooks({
    store, logger, dataDir: options.dataDir,
    resourceId: () => identity.resources.default.id,
    userExists: (identifier) => identity.userExists(identifier),
    webhooks: options.webhooks,
    serverCallIdOf,
    recordedLine: (callId, lineId) => recordedParticipation(store, callId, lineId),
    authorization: (resourceId) => identity.callbackTokens.issue(resourceId),
    numberRetentionMs: options.recordRetentionDays * dayMs,
    usageRetentionMs: options.telephoneUsageRetentionDays * dayMs,
  });
  const told = (work: Promise<void>): void => void work.catch((error: unknown) => logger.error({ err: error }, 'Old usage of telephone lines is still stored; it is tried again.'));
  const stopListening = identity.onUserDeleted((identifier) => told(books.forgetUser(identifier)));
  const sweeping = setInterval(() => told(books.sweep()), sweepEveryMs);
  await books.sweep();
  return {
    ...books,
    close: () => {
      stopListening();
      clearInterval(sweeping);
      return books.close();
    },
  };
}
