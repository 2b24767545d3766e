import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore, type Store } from '@dialplane/store';
import { createLogger, createMetrics, type Metrics } from '@dialplane/telemetry';
import { Identity } from './index.ts';

/** An identity on a store of its own, with a clock that stands still until it is told to go on. */
export interface TestIdentity {
  readonly identity: Identity;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly resourceId: string;
  advanceMinutes(minutes: number): void;
  /** Closes everything and opens it again from the same data. */
  reopen(): Promise<TestIdentity>;
}

export async function openTestIdentity(t: TestContext): Promise<TestIdentity> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-identity-'));
  const clock = { now: Date.parse('2026-11-22T10:00:00.250Z') };
  let current: Store | undefined;
  t.after(async () => {
    await current?.close();
    rmSync(dataDir, { recursive: true });
  });
  const open = async (): Promise<TestIdentity> => {
    await current?.close();
    const store = await openStore({ dataDir });
    current = store;
    const metrics = createMetrics();
    const identity = await Identity.open({ store, metrics, logger: createLogger({ level: 'silent' }), endpoint: () => 'https://calls.test:8443', now: () => clock.now });
    const advanceMinutes = (minutes: number): void => {
      clock.now += minutes * 60_000;
    };
    return { identity, store, metrics, resourceId: identity.resources.default.id, advanceMinutes, reopen: open };
  };
  return open();
}
