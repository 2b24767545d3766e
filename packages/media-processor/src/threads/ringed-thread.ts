import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createRingMemory, RingReader, RingWriter } from './record-ring.ts';
import { TurnBatch } from './turn-batch.ts';

const restartDelayMs = 1_000;

/** What the thread is made with, as its `workerData`. */
export interface RingedWorkerData {
  /** Ring of records to the thread, ring of records from it, and figures. */
  readonly incoming: SharedArrayBuffer;
  readonly outgoing: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** Commands come from it, several in a message; reports go to it. */
  readonly port: MessagePort;
}

/** What every such thread tells, besides its own reports. */
export type ThreadReport =
  | { readonly kind: 'ready' }
  /** It has ended; why, as a sentence. */
  | { readonly kind: 'absent'; readonly absentBecause: string }
  /** There is something in the ring from it. */
  | { readonly kind: 'written' };

export interface RingedThreadOptions<Report> {
  readonly module: URL;
  readonly name: string;
  /** A power of two each. */
  readonly incomingBytes: number;
  readonly outgoingBytes: number;
  readonly counters: SharedArrayBuffer;
  /** A thread is there, the first one or one after a failure: it is to be told of everything there is. */
  readonly onStarted: () => void;
  /** To read all of it; its room is given back afterwards. */
  readonly onWritten: (ring: RingReader) => void;
  readonly onReport: (report: Report) => void;
  readonly onFailure: (sentence: string) => void;
}

interface Connection {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly incoming: RingWriter;
}

/** A thread that takes commands and records and gives records back. One that fails is started again. */
export class RingedThread<Command, Report extends { readonly kind: string } = never> {
  private readonly options: RingedThreadOptions<Report>;
  private connection: Connection | undefined;
  private state: 'running' | 'closing' = 'running';
  private restarting: NodeJS.Timeout | undefined;
  private readonly commands = new TurnBatch<Command | { readonly kind: 'close' }>((commands) => {
    this.connection?.port.postMessage(commands);
    this.connection?.incoming.wake();
  });

  constructor(options: RingedThreadOptions<Report>) {
    this.options = options;
  }

  /** Where records go, which are read after the commands so far; `undefined` while there is no thread. */
  get incoming(): RingWriter | undefined {
    this.commands.flush();
    return this.connection?.incoming;
  }

  /** @returns Why there is none, or nothing. */
  async start(): Promise<string | undefined> {
    const { module, name, incomingBytes, outgoingBytes, counters } = this.options;
    const { port1: port, port2 } = new MessageChannel();
    const data: RingedWorkerData = { incoming: createRingMemory(incomingBytes), outgoing: createRingMemory(outgoingBytes), counters, port: port2 };
    const worker = new Worker(module, { workerData: data, transferList: [port2], name });
    const outgoing = new RingReader(data.outgoing);
    const reason = await new Promise<string | undefined>((resolve) => {
      port.on('message', (report: ThreadReport | Report) => this.hear(report, outgoing, resolve));
      worker.on('error', (error) => resolve(this.sentenceOf(error)));
    });
    if (reason !== undefined) return reason;
    worker.on('error', (error) => this.handleFailure(error));
    this.connection = { worker, port, incoming: new RingWriter(data.incoming) };
    this.options.onStarted();
    return undefined;
  }

  /** `close` ends the thread; use {@link close}. */
  command(command: Command | { readonly kind: 'close' }): void {
    if (this.connection !== undefined) this.commands.add(command);
  }

  async close(): Promise<void> {
    this.state = 'closing';
    clearTimeout(this.restarting);
    const { connection } = this;
    if (connection === undefined) return;
    const ended = once(connection.worker, 'exit');
    this.command({ kind: 'close' });
    await ended;
    connection.port.close();
    this.connection = undefined;
  }

  private hear(report: ThreadReport | Report, outgoing: RingReader, settle: (reason: string | undefined) => void): void {
    if (isThreadReport(report)) {
      if (report.kind === 'written') this.read(outgoing);
      else settle(report.kind === 'ready' ? undefined : report.absentBecause);
    } else this.options.onReport(report);
  }

  private read(outgoing: RingReader): void {
    this.options.onWritten(outgoing);
    outgoing.release();
  }

  private handleFailure(error: unknown): void {
    this.connection?.port.close();
    this.connection = undefined;
    if (this.state === 'closing') return;
    this.options.onFailure(this.sentenceOf(error));
    this.restarting = setTimeout(() => void this.restart(), restartDelayMs);
  }

  private async restart(): Promise<void> {
    const reason = await this.start();
    if (reason !== undefined) this.options.onFailure(reason);
    else if (this.state === 'closing') await this.close();
  }

  private sentenceOf(error: unknown): string {
    return `The thread for ${this.options.name} has failed: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function isThreadReport(report: { readonly kind: string }): report is ThreadReport {
  return report.kind === 'ready' || report.kind === 'absent' || report.kind === 'written';
}
