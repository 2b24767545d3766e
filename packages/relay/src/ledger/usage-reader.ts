import { ReaderThread } from '@dialplane/store';
import type { UsageReport } from './usage-report.ts';

/** The reports of the ledger, from a thread of their own. Failures are `StoreError`. */
export class UsageReader implements Pick<UsageReport, 'rows' | 'sums' | 'records'> {
  readonly #thread: ReaderThread<UsageReport>;

  constructor(dataDir: string) {
    this.#thread = new ReaderThread({ module: new URL('usage-worker.ts', import.meta.url), dataDir, name: 'relay-usage' });
  }

  rows(...parameters: Parameters<UsageReport['rows']>): ReturnType<UsageReport['rows']> {
    return this.#thread.ask('rows', ...parameters);
  }

  sums(...parameters: Parameters<UsageReport['sums']>): ReturnType<UsageReport['sums']> {
    return this.#thread.ask('sums', ...parameters);
  }

  records(...parameters: Parameters<UsageReport['records']>): ReturnType<UsageReport['records']> {
    return this.#thread.ask('records', ...parameters);
  }

  /** Ends the thread; who still waits is refused. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
