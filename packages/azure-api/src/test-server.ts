import { execFileSync } from 'node:child_process';
import { createHmac, hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectionString, Identity } from '@dialplane/identity';
import { openRelayControl, type RelayControl, type RelayPlace } from '@dialplane/relay';
import { openStore } from '@dialplane/store';
import { openTelephonyBooks, type TelephonyBooks } from '@dialplane/telephony';
import { createLogger, createMetrics, type Metrics } from '@dialplane/telemetry';
import { fastify } from 'fastify';
import { azureApi, type AzureApiOptions } from './index.ts';

/** A certificate for 127.0.0.1 and localhost, and the private authority that signed it. */
export interface TestCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly authorityPath: string;
}

export interface TestServer {
  readonly identity: Identity;
  readonly metrics: Metrics;
  readonly resourceId: string;
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly connectionString: string;
  readonly logLines: readonly string[];
  /** Where it was asked for by a place. */
  readonly relay: RelayControl | undefined;
  /** Where it was asked for. */
  readonly books: TelephonyBooks | undefined;
}

/** What the passwords of a test server's relay are made with. */
export const relaySecret = 'of the test';

/** The plugin on a server of its own, on a free port, with its own data; beside it a route of somebody else at `/beside`. */
export async function startTestServer(t: TestContext, { relayPlace, withTelephony = false, ...options }: Partial<AzureApiOptions> & { readonly relayPlace?: RelayPlace; readonly withTelephony?: boolean } = {}, certificate?: TestCertificate): Promise<TestServer> {
  const dataDir = temporaryDirectory(t);
  const store = await openStore({ dataDir });
  const logLines: string[] = [];
  const logger = createLogger({ destination: { write: (line) => logLines.push(line) } });
  const metrics = createMetrics();
  const place = { endpoint: '' };
  const identity = await Identity.open({ store, logger, metrics, endpoint: () => place.endpoint });
  const relay = relayPlace === undefined ? undefined : await openRelayControl({
    store, dataDir, logger, secret: relaySecret, resourceId: () => identity.resources.default.id, place: () => relayPlace, addressRetentionMs: 1, usageRetentionMs: 1,
  });
  const resourceId = (): string => identity.resources.default.id;
  const books = withTelephony ? await openTelephonyBooks({ store, dataDir, logger, resourceId, numberRetentionMs: 1, usageRetentionMs: 1, webhooks: 'private' }) : undefined;
  const app = fastify({ serverFactory: (handler) => (certificate === undefined ? createHttpServer(handler) : createHttpsServer({ key: certificate.key, cert: certificate.cert }, handler)) });
  await app.register(azureApi, {
    identity, logger, metrics, ...(relay !== undefined && { relay: relay.service }),
    ...(books !== undefined && { telephony: { resourceId, sipRouting: books.sipConfiguration, phoneNumbers: books.numbers, incomingCalls: books.incomingCalls } }), ...options,
  });
  app.post('/beside', (request, reply) => reply.send({ parsed: request.body }));
  const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  t.after(async () => {
    await app.close();
    await relay?.close();
    await books?.close();
    await store.close();
  });
  place.endpoint = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`;
  const resource = identity.resources.default;
  return {
    identity, metrics, logLines, relay, books, resourceId: resource.id, endpoint: place.endpoint,
    connectionString: connectionString(place.endpoint, identity.resources.accessKeys(resource.id)[0]),
  };
}

/** Makes a certificate authority and a server certificate with it, as an administrator of a private network would. */
export function createTestCertificate(t: TestContext): TestCertificate {
  const directory = temporaryDirectory(t);
  const file = (name: string): string => join(directory, name);
  const openssl = (...parameters: string[]): void => void execFileSync('openssl', parameters, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=Test authority', '-days', '1');
  openssl('req', '-new', ...newKey, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=Test server');
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-out', file('server.pem'), '-days', '1', '-extfile', file('names'));
  return { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')), authorityPath: file('ca.pem') };
}

export interface SignOptions {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly key: string;
  readonly host: string;
  readonly body?: string;
  readonly date?: string;
  /** What is signed in the place of `target`. */
  readonly signedTarget?: string;
}

/** The headers that sign a request, as Azure documents them. */
export function signatureHeaders(options: SignOptions): Record<string, string> {
  const date = options.date ?? new Date().toUTCString();
  const contentHash = hash('sha256', options.body ?? '', 'base64');
  const text = `${options.method}\n${options.signedTarget ?? options.target}\n${date};${options.host};${contentHash}`;
  const signature = createHmac('sha256', Buffer.from(options.key, 'base64')).update(text).digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': contentHash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dialplane-azure-api-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
