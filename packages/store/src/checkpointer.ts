import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Statements between checkpoints: about 16 megabytes of log. The pages that every call changes (the ends of tables and indexes) are then moved once for many calls; reading a
 * log of that length at the next start takes some hundredths of a second.
 */
const statementsPerCheckpoint = 4_000;

/**
 * Has the write-ahead log moved into the database file by a thread of its own. A checkpoint flushes to the disk twice; in
 * the event loop that would stop every call for as long as the disk takes.
 *
 * The thread starts with the first checkpoint. Without it (it failed, or cannot keep up) SQLite does the work at the next
 * commit once the log has grown to what `prepareDatabase` allows.
 */
export class Checkpointer {
  readonly #path: string;
  #worker: Worker | undefined;
  #state: 'idle' | 'running' | 'failed' = 'idle';
  #statements = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Counts what was committed. */
  committed(statements: number): void {
    this.#statements += statements;
    if (this.#statements < statementsPerCheckpoint || this.#state !== 'idle') return;
    this.#statements = 0;
    this.#state = 'running';
    this.#worker ??= this.#startWorker();
    tell(this.#worker, 'checkpoint');
  }

  /** Ends the thread after the checkpoint that is running. */
  async close(): Promise<void> {
    if (this.#worker === undefined || this.#state === 'failed') return;
    const ended = once(this.#worker, 'exit');
    this.#worker.ref();
    tell(this.#worker, 'close');
    await ended;
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('checkpoint-worker.ts', import.meta.url), { workerData: this.#path });
    worker.unref();
    worker.on('message', () => {
      this.#state = 'idle';
    });
    worker.on('error', () => {
      this.#state = 'failed';
    });
    return worker;
  }
}

function tell(worker: Worker, message: 'checkpoint' | 'close'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin, windows do
  worker.postMessage(message);
}
