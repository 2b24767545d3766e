import { StoreError, type Store, type StoreErrorCode } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { RelayUsageEvent } from '../relay-plane.ts';
import type { RelayRate } from './relay-rates.ts';
import { usageStatement } from './usage-statement.ts';

export interface RelayLedgerOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly rateOf: (resourceId: string) => RelayRate;
  /** How long after a failed write it is tried again; a second by default. */
  readonly retryAfterMs?: number;
}

interface Unstored {
  readonly event: RelayUsageEvent;
  resolve(): void;
  reject(error: unknown): void;
}

/** Trying again does not help against these. */
const hopeless: ReadonlySet<StoreErrorCode> = new Set(['STORE_CLOSED', 'STORE_CORRUPT', 'STORE_CONFLICT', 'STORE_NEWER', 'STORE_FOREIGN']);

/**
 * Writes the usage of the relay, a row for each step that is told.
 *
 * A full disk disturbs nothing: what could not be stored waits here and is tried again each second, which the log says once. Of an allocation no more waits
 * than its start and its newest step, because totals only grow; and the plane holds on to the place of an allocation whose stop was not confirmed, so what
 * waits is bounded by the allocations there can be.
 */
export class RelayLedger {
  readonly #options: RelayLedgerOptions;
  #unstored: Unstored[] = [];
  #writing: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isFailing = false;

  constructor(options: RelayLedgerOptions) {
    this.#options = options;
  }

  /** Whether everything told so far is, or soon will be, in the store. */
  get isWritable(): boolean {
    return !this.#isFailing;
  }

  /** How many steps wait to be stored. */
  get backlog(): number {
    return this.#unstored.length;
  }

  /**
   * Resolves when the step is stored, or a later one that says all of it. Rejects with the {@link StoreError} where the store is beyond repair (closed,
   * damaged): then the step has to be told again by the next run.
   */
  record(event: RelayUsageEvent): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#unstored.push({ event, resolve, reject });
    if (this.#retry === undefined) this.#writing ??= this.#write();
    else this.#dropSuperseded();
    return promise;
  }

  /** Tries to store what waits, once more; what cannot be stored then is rejected. Nothing may be recorded after it. */
  async close(): Promise<void> {
    await this.#writing;
    this.#stopWaiting();
    await this.#write();
    this.#stopWaiting();
    for (const { reject } of this.#unstored.splice(0)) reject(new StoreError('STORE_CLOSED'));
  }

  #stopWaiting(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  async #write(): Promise<void> {
    while (this.#unstored.length > 0 && this.#retry === undefined) {
      const batch = this.#unstored.splice(0);
      const outcomes = await Promise.allSettled(batch.map((entry) => this.#store(entry.event)));
      const failed = batch.filter((entry, index) => this.#settle(entry, outcomes[index]));
      if (outcomes.every(({ status }) => status === 'fulfilled')) this.#recovered();
      if (failed.length > 0) this.#wait(failed);
    }
    this.#writing = undefined;
  }

  async #store(event: RelayUsageEvent): Promise<void> {
    const { store, rateOf } = this.#options;
    await store.write([usageStatement(store, event, rateOf(event.grant.resourceId))]);
  }

  /** @returns Whether the step has to be tried again. */
  #settle({ event, resolve, reject }: Unstored, outcome: PromiseSettledResult<void> | undefined): boolean {
    if (outcome?.status !== 'rejected') {
      resolve();
      return false;
    }
    const { logger } = this.#options;
    const isWorthRetrying = outcome.reason instanceof StoreError && !hopeless.has(outcome.reason.code);
    if (!this.#isFailing || !isWorthRetrying) {
      logger.error({ err: outcome.reason, allocationId: event.allocationId }, 'The usage of the relay cannot be stored (is the disk full?); it is kept and tried again.');
    }
    this.#isFailing = true;
    if (!isWorthRetrying) reject(outcome.reason);
    return isWorthRetrying;
  }

  #recovered(): void {
    if (this.#isFailing) this.#options.logger.info('The usage of the relay can be stored again; nothing was lost.');
    this.#isFailing = false;
  }

  #wait(failed: readonly Unstored[]): void {
    this.#unstored.unshift(...failed);
    this.#dropSuperseded();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writing ??= this.#write();
    }, this.#options.retryAfterMs ?? 1000);
  }

  /** Of each allocation only the start and the newest step are worth keeping. */
  #dropSuperseded(): void {
    const newest = new Map(this.#unstored.map((entry) => [entry.event.allocationId, entry]));
    const isNeeded = (entry: Unstored): boolean => entry.event.kind !== 'continued' || newest.get(entry.event.allocationId) === entry;
    const superseded = this.#unstored.filter((entry) => !isNeeded(entry));
    this.#unstored = this.#unstored.filter(isNeeded);
    for (const { resolve } of superseded) resolve();
  }
}
