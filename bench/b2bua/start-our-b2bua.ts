/** Our back-to-back user agent as a program of its own: SIP edge, user agents, media process; every call from the caller's trunk goes on to the callee's. PORT CALLER_PORT CALLEE_PORT. Prints `ready`. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeRandomness, nodeSipCrypto } from '@dialplane/kernels';
import { createMediaProcessor } from '@dialplane/media-processor';
import { createSipEdge } from '@dialplane/signaling-controller';
import { openStore } from '@dialplane/store';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import { openTelephonyBooks, TelephoneService } from '@dialplane/telephony';
import { makeCertificate } from '../certificate.ts';
import { bridgeCalls } from './bridge.ts';
import { b2buaBench } from './b2bua-bench-options.ts';

const host = '127.0.0.1';
const [, , port = '', callerPort = '', calleePort = ''] = process.argv;
const dataDir = await mkdtemp(join(tmpdir(), 'dialplane-bench-b2bua-'));
const logger = createLogger({ level: 'warn' });
const metrics = createMetrics();
const store = await openStore({ dataDir });
const year = 365 * 86_400_000;
const books = await openTelephonyBooks({ store, dataDir, logger, resourceId: () => 'bench', numberRetentionMs: year, usageRetentionMs: year });
const trunk = (own: string) => ({ preset: 'generic-udp', addresses: [host], port: Number(own), optionsIntervalSeconds: 0, profile: { codecs: ['PCMU' as const] } });
await books.trunks.put('caller.test', trunk(callerPort));
await books.trunks.put('callee.test', trunk(calleePort));
await books.numbers.put(b2buaBench.ourNumber, { target: { kind: 'users', identifiers: ['8:acs:bench'] } });
await books.routes.replace({ routes: [{ name: 'callee', numberPattern: '^', trunks: ['callee.test'] }] });
await books.policy.replace({ ...books.policy.policy, limits: { resource: {}, perNumber: {}, perUser: {}, byPrefix: [] } });
const { certificate, privateKey } = makeCertificate(dataDir, 'b2bua');
const media = createMediaProcessor({
  logger, firstPort: 0, processes: 1, listenAddresses: [host], publicAddresses: [], trunkPorts: { first: 40_000, last: 48_000 }, certificate: { certificatePem: certificate, privateKeyPem: privateKey },
});
await media.start();
const edge = createSipEdge({ store, logger, metrics, directory: books.directory, port: Number(port), tlsPort: undefined, listenAddresses: [host], strangers: 'silent', limits: { requestsPerSecond: 100_000 } });
const telephony = new TelephoneService({
  link: edge.link, media, books, logger, metrics, randomness: nodeRandomness(), crypto: nodeSipCrypto, product: 'Dialplane', domain: () => host, isRegistered: () => false,
  watch: () => () => undefined,
});
bridgeCalls(telephony, media, { number: b2buaBench.theirNumber, callerId: b2buaBench.ourNumber });
await edge.start();
telephony.start();
console.log('ready');
