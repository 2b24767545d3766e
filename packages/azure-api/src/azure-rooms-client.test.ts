import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { RoomsClient } from '@azure/communication-rooms';
import { createTestCertificate, signatureHeaders, startTestServer, type TestServer } from './test-server.ts';

const script = resolve(import.meta.dirname, 'test-rooms-client.ts');

interface Failure { readonly statusCode: number; readonly code: string; readonly message: string }
interface Room { readonly id: string; readonly createdOn: string; readonly validFrom: string; readonly validUntil: string; readonly pstnDialOutEnabled: boolean }
type Results = Readonly<Record<'created' | 'empty' | 'got' | 'updated' | 'moved', Room>> & Readonly<Record<'invited' | 'afterUpdate' | 'afterRemove', Readonly<Record<string, string>>>>
  & Readonly<Record<'all' | 'afterDelete', readonly string[]>> & Readonly<Record<'ada' | 'ben', { readonly communicationUserId: string }>> & { readonly window: Pick<Room, 'validFrom' | 'validUntil'> } & Readonly<Record<string, unknown>>;

async function drive(server: TestServer, mode: 'secure' | 'insecure', environment: Record<string, string> = {}): Promise<Results> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.connectionString, mode], { env: { ...process.env, ...environment } });
  return JSON.parse(stdout) as Results;
}

const daysBetween = (from: string, until: string): number => (Date.parse(until) - Date.parse(from)) / 86_400_000;

test('the unmodified rooms client works over HTTPS with a private certificate authority', async (t) => {
  const certificate = createTestCertificate(t);
  const server = await startTestServer(t, {}, certificate);
  const results = await drive(server, 'secure', { NODE_EXTRA_CA_CERTS: certificate.authorityPath });
  const { created, empty, got, updated, moved, window, ada, ben } = results;
  assert.match(created.id, /^99\d{15}$/);
  assert.deepEqual([created.validFrom, created.validUntil, created.pstnDialOutEnabled], [window.validFrom, window.validUntil, true]);
  assert.deepEqual([daysBetween(empty.validFrom, empty.validUntil), empty.pstnDialOutEnabled], [180, false]);
  assert.deepEqual(got, created);
  assert.deepEqual(updated, { ...created, pstnDialOutEnabled: false });
  assert.ok(daysBetween(created.validUntil, moved.validUntil) > 0.04);
  assert.deepEqual(results.invited, { [ada.communicationUserId]: 'Presenter', [ben.communicationUserId]: 'Attendee' });
  assert.deepEqual(results.afterUpdate, { [ada.communicationUserId]: 'Presenter', [ben.communicationUserId]: 'Collaborator' });
  assert.deepEqual(results.afterRemove, { [ada.communicationUserId]: 'Presenter' });
  assert.deepEqual([[...results.all].toSorted(), results.afterDelete], [[created.id, empty.id].toSorted(), [empty.id]]);
  assert.deepEqual([results['remove'], results['removedTwice'], results['deleted']], ['done', 'done', 'done']);
  assertRefusals(results);
});

function assertRefusals(results: Results): void {
  const expected: Readonly<Record<string, readonly [status: number, code: string, message: RegExp]>> = {
    tooLong: [400, 'BadRequest', /180 days/], over: [400, 'BadRequest', /over already/], backwards: [400, 'BadRequest', /before validFrom/],
    malformedUser: [400, 'BadRequest', /wrong_mri/], malformedId: [400, 'BadRequest', /digits/],
    unknown: [404, 'NotFound', /no such room/], deletedTwice: [404, 'NotFound', /no such room/], deletedUpdated: [404, 'NotFound', /no such room/],
  };
  for (const [name, [statusCode, code, message]] of Object.entries(expected)) {
    const failure = results[name] as Failure;
    assert.deepEqual([failure.statusCode, failure.code], [statusCode, code], `${name}: ${failure.message}`);
    assert.match(failure.message, message, name);
  }
}

test('a list of many rooms comes page by page, and each room once', async (t) => {
  const server = await startTestServer(t);
  const made: string[] = [];
  for (let count = 0; count < 205; count += 1) {
    const answer = await server.identity.rooms.create(server.resourceId, {});
    assert.ok(answer.ok);
    made.push(answer.value.id);
  }
  const client = new RoomsClient(server.connectionString, { allowInsecureConnection: true });
  const sizes: number[] = [];
  const listed: string[] = [];
  for await (const page of client.listRooms().byPage()) {
    sizes.push(page.length);
    listed.push(...page.map(({ id }) => id));
  }
  assert.deepEqual([sizes, listed.toSorted()], [[100, 100, 5], made.toSorted()]);
});

/** A request as the SDK was captured sending it. */
async function post(server: TestServer, body: string, requestId: string, apiVersion = '2025-03-13'): Promise<{ readonly status: number; readonly code: string | null; readonly body: Readonly<Record<string, unknown>> }> {
  const target = `/rooms?api-version=${apiVersion}`;
  const key = server.identity.resources.accessKeys(server.resourceId)[0].key;
  const signature = signatureHeaders({ method: 'POST', target, key, host: new URL(server.endpoint).host, body });
  const headers = { 'content-type': 'application/json', 'repeatability-request-id': requestId, 'repeatability-first-sent': new Date().toUTCString(), ...signature };
  const response = await fetch(`${server.endpoint}${target}`, { method: 'POST', headers, body });
  return { status: response.status, code: response.headers.get('x-ms-error-code'), body: (await response.json()) as Readonly<Record<string, unknown>> };
}

test('a request that is repeated makes one room, and the same id with another request is refused', async (t) => {
  const server = await startTestServer(t);
  const requestId = randomUUID();
  const captured = '{"participants":{"8:acs:1b5cc06b-f352-4571-b1e6-d9b259b7c776_00000001-1234":{"role":"Presenter"},"8:acs:x_y":{"role":null}}}';
  const first = await post(server, captured, requestId);
  const again = await post(server, captured, requestId.toUpperCase(), '2023-06-14');
  assert.deepEqual([first.status, again.status, again.body], [201, 201, first.body]);
  const other = await post(server, '{"participants":{}}', requestId);
  assert.deepEqual([other.status, other.code], [412, 'PreconditionFailed']);
});

test('what is no room is refused and says why', async (t) => {
  const server = await startTestServer(t);
  const many = Object.fromEntries(Array.from({ length: 351 }, (_, index) => [`8:acs:r_${index}`, { role: 'Attendee' }]));
  for (const [body, message] of [
    ['{"validFrom":"soon"}', /validFrom is an instant/], ['{"validUntil":5}', /validUntil is an instant/], ['{"pstnDialOutEnabled":"yes"}', /true or false/], ['{"participants":[]}', /by raw id/],
    ['{"participants":{"4:+15550100":{}}}', /not the raw id of a communication user/], [JSON.stringify({ participants: many }), /350/], ['{"participants":{"8:acs:x_y":{"role":"Queen"}}}', /a role is one of/], ['[]', /JSON object/],
  ] as const) {
    const { status, code, body: answer } = await post(server, body, randomUUID());
    assert.deepEqual([status, code], [400, 'BadRequest'], body.slice(0, 60));
    assert.match((answer['error'] as { readonly message: string }).message, message);
  }
});
