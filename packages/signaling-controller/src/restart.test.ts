import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { TestClock } from './test-clock.ts';
import { connectedCall, testDescription, TestServer, type TestClient } from './test-server.ts';

test('a restart in the middle of a call: clients come back, are synchronised, and the call goes on', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock });
  const { alice, bob, callId, repeat } = await connectedCall(before);
  await before.controller.drain();
  await before.stop();

  clock.turn(5_000);
  await using after = await TestServer.start({ dataDir: before.dataDir, clock });
  const [alice2, bob2] = [alice.at(after.url), bob.at(after.url)];
  await Promise.all([alice2.connect(), bob2.connect()]);
  const sync = await alice2.next('sync');
  assert.deepEqual(sync.calls.map((call) => [call.callId, call.state, call.mediaSessions[0]?.remoteDescription?.type]), [[callId, 'Connected', 'answer']]);

  // The command that began it, again: the same call.
  const repeated = await alice2.ask('startCall', repeat);
  assert.deepEqual([repeated.status, repeated.body.callId], [201, callId]);
  // Its id for another request: no longer in memory, but in the call.
  const other = await alice2.ask('startCall', { ...repeat, body: { endpointId: alice.endpointId, targets: [bob.identifier], isMuted: true } });
  assert.deepEqual([other.status, other.body.error?.code], [409, 'REQUEST_ID_REUSED']);
  clock.turn(130_000);
  assert.equal((await alice2.ask('listCalls')).body.value[0]?.endedAt, undefined, 'nobody was lost');
  assert.equal((await bob2.ask('hangUp', { params: { callId }, body: { endpointId: bob.endpointId } })).status, 204);
  await alice2.next('callStateChanged', ({ state }) => state === 'Disconnected');
  const flow = await alice2.ask('getCallFlow', { params: { callId } });
  assert.deepEqual(flow.body.events.map(({ sequence }) => sequence), flow.body.events.map((_event, index) => index + 1));
  assert.match(flow.body.conclusion, /^Connected after 0\.0 s; ended by Bob after 2 min 15 s\.$/);
  // And again after the end: it is not made a second time.
  const late = await alice2.ask('startCall', { ...repeat, headers: { ...repeat.headers, 'x-ms-client-request-id': 'late' } });
  assert.equal(late.body.callId, callId);
  alice2.disconnect();
  bob2.disconnect();
});

test('calls that nobody comes back to after a restart end as lost; endpoints are forgotten', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock });
  const { alice, callId } = await connectedCall(before);
  await before.stop();
  await using after = await TestServer.start({ dataDir: before.dataDir, clock });
  clock.turn(121_000);
  const { token } = await after.token(['voip'], alice.identifier);
  const records = await alice.at(after.url).ask('getCallRecords', { token, params: { callId } });
  assert.deepEqual(records.body.summaries.map((row) => [row.participantEndReason, row.participantEndSubCode]), [[410, 301_005], [410, 301_005]]);
  clock.turn(700_000);
  assert.equal((await alice.at(after.url).ask('receiveEvents', { params: { endpointId: alice.endpointId } })).status, 404);
});

test('kill -9 in the middle of a call: what was answered is there', async () => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/test-victim.ts`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const { dataDir, callId, aliceToken, alice, bob, endpointId } = JSON.parse(line) as Record<string, string>;
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using server = await TestServer.start({ dataDir: dataDir ?? '' });
  const client = await fetch(`${server.url}/v1/endpoints/${endpointId}/events?wait=0`, { headers: { authorization: `Bearer ${aliceToken}` } });
  const batch = (await client.json()) as { events: Array<{ event: { type: string; calls: Array<{ callId: string; state: string }> } }> };
  assert.deepEqual(batch.events[0]?.event.calls.map((call) => [call.callId, call.state]), [[callId, 'Connected']]);
  const list = await fetch(`${server.url}/v1/calls/${callId}/flow`, { headers: { authorization: `Bearer ${aliceToken}` } });
  const flow = (await list.json()) as { lanes: Array<{ identifier?: string }>; conclusion: string };
  assert.deepEqual(flow.lanes.flatMap((lane) => lane.identifier ?? []), [alice, bob]);
  assert.match(flow.conclusion, /^Connected after/);
});

test('a call whose stored state cannot be read is ended, and costs the others nothing', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock });
  const { alice, callId } = await connectedCall(before);
  const other = await connectedCall(before);
  await before.store.write([before.store.database.updateTable('call').set({ snapshot: '{"machine":{"version":1,"model":{"parties":[{}]}}}' }).where('id', '=', callId)]);
  await before.stop();
  await using after = await TestServer.start({ dataDir: before.dataDir, clock });
  const flow = await alice.at(after.url).ask('getCallFlow', { params: { callId } });
  assert.match(flow.body.conclusion, /^Ended by a fault of the server/);
  const list = await other.alice.at(after.url).ask('listCalls');
  assert.deepEqual(list.body.value.map((entry) => [entry.callId, entry.endedAt]), [[other.callId, undefined]]);
});

test('a fault of the engine ends the call it belongs to: everybody is told, a record is kept, other calls go on', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock });
  const { alice, bob, callId, bobsMediaSessionId } = await connectedCall(before);
  const other = await connectedCall(before);
  // State that can be read, and that the engine cannot have made: it meets it when Bob describes himself again.
  const { database } = before.store;
  const { snapshot } = await database.selectFrom('call').select('snapshot').where('id', '=', callId).executeTakeFirstOrThrow();
  const broken = snapshot?.replaceAll('"fragments":["abcd"]', '"fragments":null');
  assert.notEqual(broken, snapshot);
  await before.store.write([database.updateTable('call').set({ snapshot: broken ?? null }).where('id', '=', callId)]);
  await before.stop();

  await using after = await TestServer.start({ dataDir: before.dataDir, clock });
  const clients = [alice, bob, other.alice, other.bob].map((client) => client.at(after.url));
  for (const client of clients) await client.connect();
  const [alice2, bob2, otherAlice, otherBob] = clients as [TestClient, TestClient, TestClient, TestClient];
  const known = new Map<TestClient, number>();
  for (const client of [alice2, bob2]) {
    const { calls } = await client.next('sync');
    known.set(client, calls.find((call) => call.callId === callId)?.revision ?? Infinity);
  }
  const params = { callId, mediaSessionId: bobsMediaSessionId };
  const failed = await bob2.ask('sendDescription', { params, body: { endpointId: bob.endpointId, description: testDescription('offer', 2) } });
  assert.deepEqual([failed.status, failed.headers.get('x-ms-error-code')], [500, 'SERVER_FAULT']);
  for (const client of [alice2, bob2]) {
    const { endReason, revision } = await client.next('callStateChanged', ({ state }) => state === 'Disconnected');
    assert.deepEqual([endReason?.code, endReason?.subCode, endReason?.endedBy], [500, 0, 'platform']);
    assert.ok(revision > (known.get(client) ?? Infinity), 'an event that is no newer than what a client knows is none to it');
  }
  assert.match((await alice2.ask('getCallFlow', { params: { callId } })).body.conclusion, /^Connected after 0\.0 s; ended after .*\(500\/0\)\.$/);
  const hangUp = await alice2.ask('hangUp', { params: { callId }, body: { endpointId: alice.endpointId } });
  assert.deepEqual([hangUp.status, hangUp.headers.get('x-ms-error-code')], [410, 'CALL_ENDED']);

  const renegotiated = await otherBob.ask('sendDescription', {
    params: { callId: other.callId, mediaSessionId: other.bobsMediaSessionId },
    body: { endpointId: other.bob.endpointId, description: testDescription('offer', 2) },
  });
  assert.equal(renegotiated.status, 204);
  assert.equal((await otherAlice.next('mediaDescription')).description.revision, 2);
  const parts = await after.store.database.selectFrom('call_snapshot_part').select('call_id').distinct().execute();
  assert.deepEqual(parts.map((part) => part.call_id), [other.callId], 'only a running call has stored descriptions');
  for (const client of clients) client.disconnect();
});

test('a deleted user takes the records of its calls along', async () => {
  await using server = await TestServer.start();
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier] } });
  await bob.next('incomingCall');
  await server.identity.deleteUser(bob.identifier);
  await alice.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.equal((await alice.ask('getCallFlow', { params: { callId: body.callId } })).status, 404);
  server.clock.turn(2_000);
  assert.deepEqual(server.controller.health(), { isStoreWritable: true, isDraining: false });
});

test('records are deleted when their time is over', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock });
  const alice = await before.client('Alice');
  const bob = await before.client('Bob');
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [bob.identifier] } });
  await alice.ask('hangUp', { params: { callId: body.callId }, body: { endpointId: alice.endpointId } });
  await before.stop();
  clock.leap(31 * 86_400_000);
  const after = await TestServer.start({ dataDir: before.dataDir, clock });
  const { token } = await after.token(['voip'], alice.identifier);
  assert.deepEqual((await alice.at(after.url).ask('listCalls', { token })).body.value, []);
  await after.stop();
  rmSync(before.dataDir, { recursive: true });
});
