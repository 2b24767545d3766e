import { setTimeout as delay } from 'node:timers/promises';
import { StoreError, type Schema, type Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import { UsageStatements } from './usage-statements.ts';

/** A step in the life of a line, as the ledger has it. */
export type LedgerRow = Schema['telephone_usage'];

export interface LineLedgerOptions {
  readonly store: Store;
  readonly logger: Logger;
  /** How long after a failed write it is tried again; a second by default. */
  readonly retryAfterMs?: number;
}

/** Rows that may wait before no further line is let in: what cannot be written down cannot be charged. */
const maxWaiting = 10_000;
/** How long rows are gathered before they are stored: what a killed server forgets of its lines. Each transaction wakes the server, which costs as much as several rows. */
const gatherMs = 100;

/**
 * Writes the ledger of lines. A full disk disturbs no call that runs: rows wait here and are tried again each second, which the log says once; but no line begins
 * while too many wait. A row that is stored already (told twice by two runs) changes nothing.
 */
export class LineLedger {
  readonly #options: LineLedgerOptions;
  readonly #statements: UsageStatements;
  #waiting: LedgerRow[] = [];
  #writing: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isFailing = false;

  constructor(options: LineLedgerOptions) {
    this.#options = options;
    this.#statements = new UsageStatements(options.store);
  }

  /** How many rows wait to be stored. */
  get backlog(): number {
    return this.#waiting.length;
  }

  /** Why no line may begin, in a sentence. */
  absence(): string | undefined {
    return this.#waiting.length > maxWaiting ? 'The usage of telephone lines cannot be written down (is the disk full?), so no further call is let through.' : undefined;
  }

  record(row: LedgerRow): void {
    this.#waiting.push(row);
    if (this.#retry === undefined) this.#writing ??= this.#write();
  }

  /** Resolves when all that was recorded until now is stored, or waits for a disk that is full. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Tries to store what waits, once more. Nothing may be recorded after it. */
  async close(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await this.#write();
    clearTimeout(this.#retry);
    const lost = this.#waiting.length;
    if (lost > 0) this.#options.logger.error({ rows: lost }, 'Usage of telephone lines could not be stored before the end; their lines are closed by the next start.');
  }

  /** Rows of the same moment go together: a transaction costs many times what a row does. */
  async #write(): Promise<void> {
    await delay(gatherMs);
    while (this.#waiting.length > 0 && this.#retry === undefined) {
      const batch = this.#waiting.splice(0, 100);
      try {
        await this.#store(batch);
        if (this.#isFailing) this.#options.logger.info('The usage of telephone lines can be stored again; nothing was lost.');
        this.#isFailing = false;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#wait(batch, error);
      }
    }
    this.#writing = undefined;
  }

  async #store(batch: readonly LedgerRow[]): Promise<void> {
    await this.#options.store.write(this.#statements.of(batch));
  }

  #wait(batch: readonly LedgerRow[], error: StoreError): void {
    if (!this.#isFailing) this.#options.logger.error({ err: error }, 'The usage of telephone lines cannot be stored (is the disk full?); it is kept and tried again.');
    this.#isFailing = true;
    this.#waiting.unshift(...batch);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writing ??= this.#write();
    }, this.#options.retryAfterMs ?? 1000);
    this.#retry.unref();
  }
}
