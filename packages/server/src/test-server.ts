import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startServer, type RunningServer, type StartOptions } from './start-server.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-server-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real server on free ports with a data folder of its own, without media processes and SIP where nobody asks for them; closed after the test. */
export async function startTestServer(t: TestContext, options: Partial<StartOptions> = {}): Promise<RunningServer & { readonly dataDir: string }> {
  const dataDir = options.dataDir ?? join(await temporaryFolder(t), 'data');
  const server = await startServer({ httpsPort: 0, httpPort: 0, relayPort: 0, relaySecondPort: 0, mediaPort: 0, mediaProcesses: 1, media: false, sip: false, sipPort: 0, sipTlsPort: 0, logLevel: 'silent', ...options, dataDir });
  t.after(() => server.close(0));
  return { ...server, dataDir };
}
