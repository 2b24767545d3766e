/** Our SIP edge as a program of its own, for `taskset`: HOST PORT CLIENT_PORT UAS_PORT. Prints `ready`. */
import { hash } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSipEdge, type SipDevice } from '@dialplane/signaling-controller';
import { openStore } from '@dialplane/store';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import { sipBench } from './sip-bench-options.ts';

const [, , host = '', port = '', clientPort = '', uasPort = ''] = process.argv;
const store = await openStore({ dataDir: await mkdtemp(join(tmpdir(), 'dialplane-bench-sip-')) });
const devices = new Map<string, SipDevice>();
for (let user = 0; user < sipBench.users; user += 1) {
  const username = `user${user}`;
  const text = `${username}:${sipBench.realm}:secret-of-${username}`;
  devices.set(username, { identifier: `8:acs:${username}`, secrets: { md5: hash('md5', text), sha256: hash('sha256', text) } });
}
const edge = createSipEdge({
  store,
  logger: createLogger({ level: 'warn' }),
  metrics: createMetrics(),
  directory: {
    realm: sipBench.realm,
    trunkOf: (source) => (source.address === host && (source.port === Number(clientPort) || source.port === Number(uasPort)) ? { trunkId: 'bench' } : undefined),
    trunkOfUsername: () => undefined,
    deviceOf: (username) => devices.get(username),
  },
  port: Number(port),
  tlsPort: undefined,
  listenAddresses: [host],
  userAgents: `<sip:${host}:${uasPort};lr>`,
  strangers: 'silent',
  limits: { requestsPerSecond: 1_000_000, strangerRequestsPerSecond: 1_000_000, transactions: 2_000_000 },
});
await edge.start();
console.log('ready');
