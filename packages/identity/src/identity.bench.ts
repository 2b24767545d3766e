/** What issuing and verifying an access token costs, beside a bare `jose` verification in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage, stdout } from 'node:process';
import { openStore } from '@dialplane/store';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Identity } from './index.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-identity-bench-'));
const store = await openStore({ dataDir });
const identity = await Identity.open({ store, logger: createLogger({ level: 'silent' }), metrics: createMetrics(), endpoint: () => 'https://calls.test:8443' });

async function measure(name: string, count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  const cpu = cpuUsage();
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) await work(index);
  const elapsedMs = performance.now() - startedAt;
  const used = cpuUsage(cpu);
  stdout.write(`${name.padEnd(44)} ${((elapsedMs * 1000) / count).toFixed(1).padStart(8)} us each ${((used.user + used.system) / count).toFixed(1).padStart(8)} us CPU each\n`);
}

const users: string[] = [];
const tokens: string[] = [];
await measure('createUser', 1_000, async () => users.push(await identity.createUser({ resourceId: identity.resources.default.id })));
await measure('issueAccessToken', 1_000, async (index) => {
  const issued = await identity.issueAccessToken({ identifier: users[index] ?? '', scopes: ['voip'] });
  if (issued.ok) tokens.push(issued.token);
});
const keySet = createLocalJWKSet({ keys: [...identity.jwks().keys] });
await measure('bare jose verification', 1_000, (index) => jwtVerify(tokens[index] ?? '', keySet));
await measure('verifyAccessToken, never seen before', 1_000, (index) => identity.verifyAccessToken(tokens[index] ?? ''));
await measure('verifyAccessToken, seen before', 200_000, (index) => identity.verifyAccessToken(tokens[index % 1_000] ?? ''));
await store.close();
rmSync(dataDir, { recursive: true });
