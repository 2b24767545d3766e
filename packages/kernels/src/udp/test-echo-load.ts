import { createUdpSockets } from './create-udp-sockets.ts';
import { outgoingWords, receivedWords, type UdpSockets } from './udp-sockets.ts';

/** What a benchmark asks of an echo server. */
export interface EchoLoad {
  readonly title: string;
  readonly bytes: number;
  readonly sockets: number;
  /** Datagrams that one socket sends at once; as many come back before it sends again. */
  readonly burst: number;
  /** Evenly, this many each second; without it as many as go. */
  readonly rate?: number;
}

/** Sends datagrams to an echo server on this machine and counts what comes back. */
export class LoadGenerator {
  echoes = 0;
  private readonly load: EchoLoad;
  private readonly port: number;
  private readonly sockets: UdpSockets;
  private readonly numbers: number[] = [];
  private readonly missing = new Map<number, number>();

  constructor(load: EchoLoad, port: number) {
    this.load = load;
    this.port = port;
    this.sockets = createUdpSockets({ onBatch: (count) => this.take(count) });
  }

  async start(): Promise<void> {
    for (let index = 0; index < this.load.sockets; index += 1) {
      this.numbers.push(await new Promise((resolve) => {
        this.sockets.open({ address: '127.0.0.1', port: 0, bufferBytes: 1024 * 1024 }, (opened) => resolve(Number(opened)));
      }));
    }
    if (this.load.rate !== undefined) return;
    for (const number of this.numbers) this.sockets.send(this.describe(number, 0));
  }

  /** Paced, it looks at the clock all the time: timers are too coarse. */
  async runFor(milliseconds: number): Promise<void> {
    const startedAt = performance.now();
    const { rate } = this.load;
    for (let sent = 0; performance.now() - startedAt < milliseconds; await new Promise(setImmediate)) {
      if (rate === undefined) continue;
      for (; sent < ((performance.now() - startedAt) / 1000) * rate; sent += 1) this.sockets.send(this.describe(this.numbers[sent % this.numbers.length] ?? 0, 0));
    }
  }

  stop(): void {
    this.sockets.destroy();
  }

  private take(count: number): number {
    const { received } = this.sockets;
    this.echoes += count;
    if (this.load.rate !== undefined) return 0;
    let descriptors = 0;
    for (let index = 0; index < count; index += 1) {
      const number = received[index * receivedWords.stride + receivedWords.socket] ?? 0;
      const left = (this.missing.get(number) ?? this.load.burst) - 1;
      this.missing.set(number, left === 0 ? this.load.burst : left);
      if (left === 0) descriptors += this.describe(number, descriptors);
    }
    return descriptors;
  }

  private describe(socket: number, first: number): number {
    const { outgoing, scratch } = this.sockets;
    for (let index = first; index < first + this.load.burst; index += 1) {
      outgoing.set([socket, 4, this.port, 0x7f000001, 0, 0, 0, scratch.offset, this.load.bytes, 0, 0, 0], index * outgoingWords.stride);
    }
    return this.load.burst;
  }
}
