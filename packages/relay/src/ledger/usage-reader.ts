import { Worker } from 'node:worker_threads';
import { StoreError, type StoreErrorCode } from '@dialplane/store';
import type { UsageReport } from './usage-report.ts';

type Method = 'rows' | 'sums' | 'records';

export interface UsageQuestion {
  readonly id: number;
  readonly method: Method;
  readonly parameters: readonly unknown[];
}

export type UsageAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: StoreErrorCode; readonly detail: string };

interface Asked {
  resolve(value: never): void;
  reject(error: StoreError): void;
}

const maxWaiting = 100;

/** The reports of the ledger, from a thread that starts with the first question. Failures are {@link StoreError}, `STORE_BUSY` where too many are asked for. */
export class UsageReader implements Pick<UsageReport, Method> {
  readonly #dataDir: string;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #questions = 0;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  rows(...parameters: Parameters<UsageReport['rows']>): ReturnType<UsageReport['rows']> {
    return this.#ask('rows', parameters);
  }

  sums(...parameters: Parameters<UsageReport['sums']>): ReturnType<UsageReport['sums']> {
    return this.#ask('sums', parameters);
  }

  records(...parameters: Parameters<UsageReport['records']>): ReturnType<UsageReport['records']> {
    return this.#ask('records', parameters);
  }

  /** Ends the thread; who still waits is refused. */
  async close(): Promise<void> {
    this.#lose(new StoreError('STORE_CLOSED'));
    await this.#worker?.terminate();
  }

  #ask<Answer>(method: Method, parameters: readonly unknown[]): Promise<Answer> {
    if (this.#asked.size >= maxWaiting) return Promise.reject(new StoreError('STORE_BUSY', 'too many reports of the ledger are being made'));
    this.#worker ??= this.#start();
    this.#worker.ref();
    const id = (this.#questions += 1);
    return new Promise<Answer>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#worker?.postMessage({ id, method, parameters } satisfies UsageQuestion);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('usage-worker.ts', import.meta.url), { workerData: this.#dataDir, name: 'relay-usage' });
    let failure: unknown;
    worker.on('message', (answer: UsageAnswer) => this.#settle(answer));
    worker.on('error', (error) => (failure = error));
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#lose(new StoreError('STORE_FAILED', 'the thread that reads the ledger has ended', failure));
    });
    return worker;
  }

  #settle(answer: UsageAnswer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (this.#asked.size === 0) this.#worker?.unref();
    if (answer.ok) asked?.resolve(answer.value as never);
    else asked?.reject(new StoreError(answer.code, answer.detail));
  }

  #lose(error: StoreError): void {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
