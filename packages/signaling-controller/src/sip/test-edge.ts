import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { hash } from 'node:crypto';
import type { SipMessage, SipOrigin } from '@dialplane/sip';
import { openStore, type Store } from '@dialplane/store';
import { createLogger, createMetrics, type Metrics } from '@dialplane/telemetry';
import type { SipDevice, SipEdgeDirectory, SipSource } from './edge-directory.ts';
import type { SipEdge, SipEdgeOptions } from './sip-edge-options.ts';
import { createSipEdge } from './sip-edge.ts';

export const testRealm = 'dialplane.test';

/** Trunks and telephones in a few words. */
export class TestDirectory implements SipEdgeDirectory {
  readonly realm = testRealm;
  /** By transport address `127.0.0.1:5062`, address, or name in a certificate. */
  readonly trunks = new Map<string, string>();
  readonly devices = new Map<string, SipDevice>();

  trunkOf({ address, port, tlsNames }: SipSource): { readonly trunkId: string } | undefined {
    const trunkId = [`${address}:${port}`, address, ...tlsNames].map((key) => this.trunks.get(key)).find((found) => found !== undefined);
    return trunkId === undefined ? undefined : { trunkId };
  }

  trunkOfUsername(username: string): { readonly trunkId: string; readonly secrets: SipDevice['secrets'] } | undefined {
    return username === 'carrier' ? { trunkId: 'signed', secrets: secretsOf(username, 'carrier-secret') } : undefined;
  }

  deviceOf(username: string): SipDevice | undefined {
    return this.devices.get(username);
  }

  addDevice(username: string, password: string): void {
    this.devices.set(username, { identifier: `8:acs:test_${username}`, secrets: secretsOf(username, password) });
  }
}

export interface TestEdge {
  readonly edge: SipEdge;
  readonly directory: TestDirectory;
  readonly store: Store;
  /** Of its own; gone after the test. */
  readonly folder: string;
  readonly metrics: Metrics;
  readonly delivered: Array<{ readonly message: SipMessage; readonly origin: SipOrigin }>;
}

/** An edge on free ports of loopback with a store of its own; closed after the test. */
export async function startTestEdge(t: TestContext, options: Partial<SipEdgeOptions> = {}): Promise<TestEdge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dialplane-sip-'));
  const store = options.store ?? (await openStore({ dataDir }));
  const directory = new TestDirectory();
  const metrics = createMetrics();
  const edge = createSipEdge({
    store, directory, metrics, logger: createLogger({ level: 'error' }), port: 0, tlsPort: undefined, listenAddresses: ['127.0.0.1'], strangers: 'silent', ...options,
    // Tests block the event loop to make certificates, and run on busy machines.
    limits: { lagMs: Infinity, ...options.limits },
  });
  const started: TestEdge = { edge, directory, store, folder: dataDir, metrics, delivered: [] };
  edge.link.onMessage((message, origin) => {
    started.delivered.push({ message, origin });
  });
  await edge.start();
  t.after(async () => {
    await edge.close();
    if (options.store === undefined) await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return started;
}

function secretsOf(username: string, password: string): SipDevice['secrets'] {
  const text = `${username}:${testRealm}:${password}`;
  return { md5: hash('md5', text), sha256: hash('sha256', text) };
}
