import { type Instant, seededRandomness } from '@dialplane/sansio';
import { nodeCrypto } from '@dialplane/kernels';
import { TurnClient, type TurnClientOutput, type TurnServerOutput } from './index.ts';
import { passwords, type TestTurnServer } from './test-turn-server.ts';
import type { ClientPath } from './index.ts';

/** A client machine on a perfect line to a server: what either says, the other hears at once. */
export class TestTurnClient {
  readonly client: TurnClient;
  readonly path: ClientPath;
  private readonly bench: TestTurnServer;
  private readonly told: TurnClientOutput[] = [];
  private readonly elsewhere: TurnServerOutput[] = [];

  constructor(bench: TestTurnServer, path: ClientPath, username = 'alice', password = passwords[username] ?? '') {
    this.bench = bench;
    this.path = path;
    this.client = new TurnClient({ username, password, crypto: nodeCrypto, randomness: seededRandomness(7), isStream: path.kind === 'stream' });
  }

  do(input: Parameters<TurnClient['handle']>[0]): void {
    this.client.handle(input, this.bench.now);
    this.exchange();
  }

  /** Lets time pass for both. */
  pass(milliseconds: number): void {
    const end = (this.bench.now + milliseconds) as Instant;
    for (;;) {
      const next = Math.min(this.client.pollTimeout() ?? Number.POSITIVE_INFINITY, this.bench.server.pollTimeout() ?? Number.POSITIVE_INFINITY);
      if (next > end) break;
      this.bench.pass(Math.max(0, next - this.bench.now));
      this.client.handleTimeout(this.bench.now);
      this.exchange();
    }
    this.bench.pass(end - this.bench.now);
    this.exchange();
  }

  /** Removes and returns what the client told its owner. */
  taken(): TurnClientOutput[] {
    return this.told.splice(0);
  }

  /** Removes and returns what the server wanted of its driver. */
  takenFromServer(): TurnServerOutput[] {
    return this.elsewhere.splice(0);
  }

  exchange(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (let output = this.client.poll(); output !== undefined; output = this.client.poll()) {
        isBusy = true;
        if (output.kind === 'send') this.bench.send(this.path, output.bytes);
        else this.told.push(output);
      }
      for (const output of this.bench.taken()) {
        isBusy = true;
        if (output.kind === 'sendToClient' && output.path === this.path) this.client.handle({ kind: 'received', bytes: output.bytes }, this.bench.now);
        else this.elsewhere.push(output);
      }
    }
  }
}
