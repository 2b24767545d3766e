import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@dialplane/telemetry';
import { turnPassword, turnUsername } from './credentials/turn-password.ts';
import type { RelayGrant } from './relay-grant.ts';
import type { RelayPlaneOptions } from './relay-plane-options.ts';
import type { RelayPlane, RelayUsageEvent } from './relay-plane.ts';
import { startRelayPlane } from './start-relay-plane.ts';

export const secret = 'a secret of the relay';

/** What the relay told. */
class Mailbox {
  readonly usage: RelayUsageEvent[] = [];
  readonly log: string[] = [];
  /** What becomes of usage that is told. */
  store: (event: RelayUsageEvent) => Promise<void> = async () => undefined;
  readonly waiting: Array<() => void> = [];

  write(line: string): void {
    this.log.push(line);
    this.wake();
  }

  async take(event: RelayUsageEvent): Promise<void> {
    this.usage.push(event);
    this.wake();
    await this.store(event);
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

/** A relay on loopback with a mailbox for its usage. */
export class TestRelayPlane {
  readonly plane: RelayPlane;
  readonly folder: string;
  readonly mailbox: Mailbox;

  private constructor(plane: RelayPlane, folder: string, mailbox: Mailbox) {
    this.plane = plane;
    this.folder = folder;
    this.mailbox = mailbox;
  }

  /** @param store what becomes of usage; stored at once by default. */
  static async start(options: Partial<RelayPlaneOptions> = {}, folder = mkdtempSync(join(tmpdir(), 'relay-plane-')), store?: Mailbox['store']): Promise<TestRelayPlane> {
    const mailbox = new Mailbox();
    if (store !== undefined) mailbox.store = store;
    const plane = await startRelayPlane({
      listenAddresses: ['127.0.0.1', '::1'],
      ports: [0, 0],
      secret,
      realm: 'example.org',
      software: 'Dialplane',
      countersPath: join(folder, 'relay-counters'),
      peers: { laboratory: ['127.0.0.0/8', '::1'] },
      logger: createLogger({ level: 'debug', format: 'json', destination: { write: (line) => mailbox.write(line) } }),
      onUsage: (event) => mailbox.take(event),
      ...options,
    }).catch((error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    return new TestRelayPlane(plane, folder, mailbox);
  }

  get port(): number {
    return this.plane.ports[0] ?? 0;
  }

  /** Admits a credential. @returns what a client shows. */
  admit(grant: Partial<RelayGrant> = {}): { readonly username: string; readonly password: string; readonly grant: RelayGrant } {
    const whole: RelayGrant = { credentialId: `c${Math.random().toString(36).slice(2)}`, resourceId: 'r1', userId: 'alice', call: { callId: 'call1', participantId: 'p1' }, expiresAt: Date.now() + 3_600_000, ...grant };
    this.plane.admit(whole);
    const username = turnUsername(whole.credentialId, whole.expiresAt);
    return { username, password: turnPassword(secret, username), grant: whole };
  }

  /** Waits until usage that `matches` was told. */
  async usageOf(matches: (event: RelayUsageEvent) => boolean, count = 1): Promise<RelayUsageEvent[]> {
    for (;;) {
      const found = this.mailbox.usage.filter(matches);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.mailbox.waiting.push(resolve));
    }
  }

  /** Waits until the log says that the thread listens again. */
  async restarted(): Promise<void> {
    while (!this.mailbox.log.some((line) => line.includes('listens again'))) await new Promise<void>((resolve) => this.mailbox.waiting.push(resolve));
  }

  async close(): Promise<void> {
    await this.plane.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
