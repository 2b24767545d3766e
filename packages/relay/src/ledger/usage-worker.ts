/** Runs in a thread of its own: reads the ledger when asked. A sum over a year takes seconds, and calls must not wait for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { openStoreReader, StoreError } from '@dialplane/store';
import { UsageQueries } from './usage-queries.ts';
import { UsageReport } from './usage-report.ts';
import type { UsageAnswer, UsageQuestion } from './usage-reader.ts';

const report = new UsageReport(new UsageQueries(openStoreReader({ dataDir: workerData as string })));

async function answer({ id, method, parameters }: UsageQuestion): Promise<UsageAnswer> {
  try {
    return { id, ok: true, value: await (report[method] as (...asked: readonly unknown[]) => Promise<unknown>)(...parameters) };
  } catch (error) {
    return { id, ok: false, code: error instanceof StoreError ? error.code : 'STORE_FAILED', detail: String(error) };
  }
}

// One after the other, as SQLite does them anyway.
let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', (question: UsageQuestion) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});
