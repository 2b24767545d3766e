import { parentPort, Worker, workerData } from 'node:worker_threads';
import { openStoreReader, type StoreReader } from './open-store-reader.ts';
import { StoreError, type StoreErrorCode } from './store-error.ts';

interface Question {
  readonly id: number;
  readonly method: string;
  readonly parameters: readonly unknown[];
}

type ReaderAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: StoreErrorCode; readonly detail: string };

interface Asked {
  resolve(value: never): void;
  reject(error: StoreError): void;
}

type Reports = { readonly [Method in string]: (...parameters: never[]) => Promise<unknown> };

export interface ReaderThreadOptions {
  /** Runs {@link serveReaderThread}. */
  readonly module: URL;
  readonly dataDir: string;
  /** Of the thread, for who looks at it from outside. */
  readonly name: string;
}

const maxWaiting = 100;

/**
 * Long reads in a thread of their own, which starts with the first question: a sum over a year takes seconds, and calls must not wait for it. Failures are
 * {@link StoreError}, `STORE_BUSY` where too many are asked for.
 */
export class ReaderThread<Report> {
  readonly #options: ReaderThreadOptions;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #questions = 0;

  constructor(options: ReaderThreadOptions) {
    this.#options = options;
  }

  /** Calls a method of the report that the thread serves; parameters and answers are copied. */
  ask<Method extends keyof Report & string>(method: Method, ...parameters: Report[Method] extends (...asked: infer Asked) => unknown ? Asked : never): Report[Method] extends (...asked: never[]) => infer Answer ? Answer : never {
    return this.#ask({ id: (this.#questions += 1), method, parameters }) as ReturnType<typeof this.ask<Method>>;
  }

  /** Ends the thread; who still waits is refused. */
  async close(): Promise<void> {
    this.#lose(new StoreError('STORE_CLOSED'));
    await this.#worker?.terminate();
  }

  #ask(question: Question): Promise<unknown> {
    if (this.#asked.size >= maxWaiting) return Promise.reject(new StoreError('STORE_BUSY', 'too many reports are being made'));
    this.#worker ??= this.#start();
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#asked.set(question.id, { resolve, reject });
      this.#worker?.postMessage(question);
    });
  }

  #start(): Worker {
    const { module, dataDir, name } = this.#options;
    const worker = new Worker(module, { workerData: dataDir, name });
    let failure: unknown;
    worker.on('message', (answer: ReaderAnswer) => this.#settle(answer));
    worker.on('error', (error) => (failure = error));
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#lose(new StoreError('STORE_FAILED', 'the thread that reads the store has ended', failure));
    });
    return worker;
  }

  #settle(answer: ReaderAnswer): void {
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

/** The other side, in the thread: answers questions one after the other, as SQLite does them anyway. */
export function serveReaderThread(makeReport: (reader: StoreReader) => object): void {
  const report = makeReport(openStoreReader({ dataDir: workerData as string })) as Reports;
  const answer = async ({ id, method, parameters }: Question): Promise<ReaderAnswer> => {
    try {
      return { id, ok: true, value: await report[method]?.(...(parameters as never[])) };
    } catch (error) {
      return { id, ok: false, code: error instanceof StoreError ? error.code : 'STORE_FAILED', detail: String(error) };
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  parentPort?.on('message', (question: Question) => {
    last = last.then(async () => parentPort?.postMessage(await answer(question)));
  });
}
