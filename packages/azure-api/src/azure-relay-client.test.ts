import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { CommunicationRelayClient, type CommunicationRelayConfiguration } from '@azure/communication-network-traversal';
import { turnPassword, type RelayPlace } from '@dialplane/relay';
import { createTestCertificate, relaySecret, startTestServer, type TestServer } from './test-server.ts';

const script = resolve(import.meta.dirname, 'test-relay-client.ts');
const relayPlace: RelayPlace = { hosts: ['relay.example.org', '127.0.0.1'], port: 3478, secondPort: 3479, tlsPort: 443 };
const urls = ['stun:127.0.0.1', 'turn:127.0.0.1?transport=udp', 'turn:127.0.0.1?transport=tcp', 'turns:127.0.0.1:443?transport=tcp'];

interface Failure { readonly statusCode?: number; readonly code?: string; readonly message: string }
type FailureName = 'tooLong' | 'tooShort' | 'wrongRoute' | 'foreignUser' | 'unknownUser';
type Results = Readonly<Record<FailureName, Failure>> & Readonly<Record<'anonymous' | 'ofUser' | 'again', CommunicationRelayConfiguration>>;

async function drive(server: TestServer, userId: string, environment: Record<string, string> = {}): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.connectionString, userId], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as Results;
}

function secondsLeft({ expiresOn }: CommunicationRelayConfiguration): number {
  return (new Date(expiresOn).getTime() - Date.now()) / 1000;
}

async function assertServed(server: TestServer, environment?: Record<string, string>): Promise<void> {
  const userId = await server.identity.createUser({ resourceId: server.resourceId });
  const { anonymous, ofUser, again, ...failures } = await drive(server, userId, environment);
  const [first] = ofUser.iceServers;
  assert.deepEqual([first?.urls, first?.routeType], [urls, 'nearest']);
  assert.equal(first?.credential, turnPassword(relaySecret, first?.username ?? ''));
  assert.ok(Math.abs(secondsLeft(ofUser) - 3600) < 60 && Math.abs(secondsLeft(anonymous) - 172_800) < 60);
  assert.deepEqual(again, ofUser, 'asked again soon, the same is given');
  assert.equal(anonymous.iceServers[0]?.routeType, 'any');
  assert.notEqual(anonymous.iceServers[0]?.username, first?.username);
  assert.equal(server.relay?.credentials.size, 2);

  const expected: Record<FailureName, readonly [status: number, code: string, message: RegExp]> = {
    tooLong: [400, 'BadRequest', /ttl must be a whole number of seconds from 1 to 172800\. \(it is 172801\)/],
    tooShort: [400, 'BadRequest', /it is 0/],
    wrongRoute: [400, 'BadRequest', /any or nearest/],
    foreignUser: [404, 'IdentityNotFound', /no such identity/],
    unknownUser: [404, 'IdentityNotFound', /no such identity/],
  };
  for (const [name, [statusCode, code, message]] of Object.entries(expected) as Array<[FailureName, (typeof expected)[FailureName]]>) {
    assert.deepEqual([failures[name].statusCode, failures[name].code], [statusCode, code], `${name}: ${failures[name].message}`);
    assert.match(failures[name].message, message, name);
  }
  await server.identity.deleteUser(userId);
}

test('the unmodified network traversal client works over HTTP', async (t) => {
  await assertServed(await startTestServer(t, { relayPlace }));
});

test('the unmodified network traversal client works over HTTPS with a private certificate authority', async (t) => {
  const certificate = createTestCertificate(t);
  await assertServed(await startTestServer(t, { relayPlace }, certificate), { NODE_EXTRA_CA_CERTS: certificate.authorityPath });
});

test('a relay that is not there, or turned off, is a sentence', async (t) => {
  const without = await startTestServer(t);
  await assert.rejects(new CommunicationRelayClient(without.connectionString).getRelayConfiguration(), { statusCode: 501, message: /runs no relay/ });
  const server = await startTestServer(t, { relayPlace });
  await server.relay?.service.updateSettings({ isEnabled: false });
  await assert.rejects(new CommunicationRelayClient(server.connectionString).getRelayConfiguration(), { statusCode: 403, message: /turned off for this resource/ });
});

test('who asks too often is told when to come back', async (t) => {
  const server = await startTestServer(t, { relayPlace, rateLimits: { relay: { requests: 1, windowSeconds: 1 } } });
  const client = new CommunicationRelayClient(server.connectionString);
  for (let count = 0; count < 2; count += 1) await client.getRelayConfiguration();
  assert.ok(server.logLines.some((line) => line.includes('RATE_LIMITED')));
});
