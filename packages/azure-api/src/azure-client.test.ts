import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { createTestCertificate, startTestServer, type TestServer } from './test-server.ts';

const script = resolve(import.meta.dirname, 'test-azure-client.ts');

interface Failure { readonly statusCode?: number; readonly code?: string; readonly message: string }
type FailureName = 'tooShort' | 'tooLong' | 'noScopes' | 'wrongScope' | 'unknownUser' | 'foreignUser' | 'deletedTwice' | 'teams';
interface Results extends Readonly<Record<FailureName, Failure>> {
  readonly user: { readonly communicationUserId: string };
  readonly both: { readonly user: { readonly communicationUserId: string }; readonly token: string; readonly expiresOn: string };
  readonly token: { readonly token: string; readonly expiresOn: string };
  readonly expiresOnTimestamp: number;
  readonly requestId: string;
  readonly clientRequestId: string;
}

async function drive(server: TestServer, mode: 'secure' | 'insecure', environment: Record<string, string>): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.connectionString, mode], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as Results;
}

async function assertServed(server: TestServer, results: Results): Promise<void> {
  const userForm = new RegExp(`^8:acs:${server.resourceId}_[0-9a-f-]{36}$`);
  assert.match(results.user.communicationUserId, userForm);
  assert.match(results.both.user.communicationUserId, userForm);
  const minutesLeft = (iso: string): number => Math.round((Date.parse(iso) - Date.now()) / 60_000);
  assert.equal(minutesLeft(results.both.expiresOn), 60);
  assert.equal(minutesLeft(results.token.expiresOn), 1440);
  assert.equal(new Date(results.expiresOnTimestamp).toISOString(), results.token.expiresOn);
  assert.match(results.requestId, /^[0-9a-f-]{36}$/);
  assert.equal(results.clientRequestId, 'echoed');
  assert.deepEqual(await server.identity.verifyAccessToken(results.both.token), { ok: false, code: 'TOKEN_REVOKED' });
  assert.deepEqual(await server.identity.verifyAccessToken(results.token.token), { ok: false, code: 'TOKEN_REVOKED' }, 'its user was deleted');

  const expected: Record<FailureName, readonly [status: number, code: string, message: RegExp]> = {
    tooShort: [400, 'BadRequest', /expiresInMinutes must be a whole number from 60 to 1440\. \(it is 30\)/],
    tooLong: [400, 'BadRequest', /it is 1441/],
    noScopes: [400, 'BadRequest', /at least one/],
    wrongScope: [400, 'BadRequest', /not "everything"/],
    unknownUser: [404, 'IdentityNotFound', /no such identity/],
    foreignUser: [404, 'IdentityNotFound', /no such identity/],
    deletedTwice: [404, 'IdentityNotFound', /no such identity/],
    teams: [501, 'NotImplemented', /Teams users are out of scope/],
  };
  for (const [name, [statusCode, code, message]] of Object.entries(expected) as Array<[FailureName, (typeof expected)[FailureName]]>) {
    const failure = results[name];
    assert.deepEqual([failure.statusCode, failure.code], [statusCode, code], `${name}: ${failure.message}`);
    assert.match(failure.message, message, name);
  }
}

test('the unmodified identity client works over HTTPS with a private certificate authority', async (t) => {
  const certificate = createTestCertificate(t);
  const server = await startTestServer(t, {}, certificate);
  await assertServed(server, await drive(server, 'secure', { NODE_EXTRA_CA_CERTS: certificate.authorityPath }));
});

test('the unmodified identity client works over HTTP where it allows that', async (t) => {
  const server = await startTestServer(t);
  await assertServed(server, await drive(server, 'insecure', {}));
  const { body } = await server.metrics.render();
  assert.match(body, /azure_api_requests_total\{status="2xx"\} 5\n/);
  assert.match(body, /azure_api_requests_total\{status="4xx"\} 7\n/);
});

function clientOf(server: TestServer, key?: string): CommunicationIdentityClient {
  const text = key === undefined ? server.connectionString : server.connectionString.replace(/accesskey=.*/, `accesskey=${key}`);
  return new CommunicationIdentityClient(text, { allowInsecureConnection: true, retryOptions: { maxRetries: 2 } });
}

test('either key signs, and a replaced one no longer does', async (t: TestContext) => {
  const server = await startTestServer(t);
  const [primary, secondary] = server.identity.resources.accessKeys(server.resourceId);
  await clientOf(server, secondary.key).createUser();
  const { token } = await clientOf(server, primary.key).createUserAndToken(['voip']);
  await server.identity.rotateAccessKey(server.resourceId, 'primary');
  await assert.rejects(clientOf(server, primary.key).createUser(), { statusCode: 401, code: 'Unauthorized', message: /signature does not match/ });
  assert.deepEqual(await server.identity.verifyAccessToken(token), { ok: false, code: 'TOKEN_REVOKED' });
  await clientOf(server, secondary.key).createUser();
});

test('a client over its limit waits as it is told and succeeds by itself', async (t) => {
  const server = await startTestServer(t, { rateLimits: { issue: { requests: 2, windowSeconds: 1 } } });
  const client = clientOf(server);
  for (let count = 0; count < 3; count += 1) await client.createUser();
  assert.ok(server.logLines.some((line) => line.includes('RATE_LIMITED')));
});
