import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectedCall, TestServer } from './test-server.ts';

/** Lets the database grow by no more than so many pages, as a full disk would. */
async function limitPages(server: TestServer, pages: number): Promise<void> {
  const run = (text: string): Promise<{ rows: unknown[] }> =>
    server.store.database.executeQuery({ sql: `PRAGMA ${text}`, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: text } } as unknown as Parameters<TestServer['store']['database']['executeQuery']>[0]);
  const [row] = (await run('page_count')).rows as Array<{ page_count: number }>;
  await run(`max_page_count = ${(row?.page_count ?? 0) + pages}`);
}

test('on a full disk new calls are refused with what to do, running ones go on, and nothing is lost once there is space', async () => {
  await using server = await TestServer.start();
  const { alice, bob, callId } = await connectedCall(server);
  await limitPages(server, 0);
  const customContext = { userToUser: 'x'.repeat(1024), voipHeaders: Array.from({ length: 10 }, (_value, index) => ({ key: `k${index}`, value: 'x'.repeat(1000) })) };
  const refused = [];
  for (let times = 0; times < 10; times += 1) {
    const { status, body } = await bob.ask('startCall', { body: { endpointId: bob.endpointId, targets: [alice.identifier], customContext } });
    if (status !== 201) refused.push([status, body.error?.code]);
  }
  assert.deepEqual(refused.at(-1), [503, 'STORE_UNAVAILABLE']);
  assert.equal(server.controller.health().isStoreWritable, false);

  assert.equal((await alice.ask('hold', { params: { callId }, body: { endpointId: alice.endpointId } })).status, 200);
  await bob.next('callStateChanged', ({ state }) => state === 'RemoteHold');
  assert.equal((await alice.ask('hangUp', { params: { callId }, body: { endpointId: alice.endpointId } })).status, 204);
  await bob.next('callStateChanged', (event) => event.callId === callId && event.state === 'Disconnected');

  await limitPages(server, 1_000_000);
  server.clock.turn(1000);
  for (let times = 0; times < 100 && !server.controller.health().isStoreWritable; times += 1) await new Promise(setImmediate);
  assert.equal(server.controller.health().isStoreWritable, true);
  const { body } = await alice.ask('getCallFlow', { params: { callId } });
  assert.match(body.conclusion, /ended by Alice/);
  assert.deepEqual(body.events.map(({ sequence }) => sequence), body.events.map((_event, index) => index + 1));
});
