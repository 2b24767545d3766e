import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateRoomRequest, RoomRole } from '@dialplane/calling-api';
import { TestMedia } from './test-media.ts';
import { ask, testDescription, TestServer, type TestClient } from './test-server.ts';

async function makeRoom({ identity }: TestServer, roles: ReadonlyArray<readonly [TestClient, RoomRole]>, more: CreateRoomRequest = {}): Promise<string> {
  const answer = await identity.rooms.create(identity.resources.default.id, { ...more, participants: roles.map(([{ identifier }, role]) => ({ rawId: identifier, role })) });
  assert.ok(answer.ok);
  return answer.value.id;
}

function joinRoom(client: TestClient, roomId: string) {
  return client.ask('joinCall', { body: { endpointId: client.endpointId, locator: { roomId } } });
}

async function connected(client: TestClient, roomId: string) {
  const { body } = await joinRoom(client, roomId);
  const params = { callId: body.callId, mediaSessionId: body.mediaSessions[0]?.mediaSessionId ?? '' };
  await client.ask('sendDescription', { params, body: { endpointId: client.endpointId, description: testDescription('offer') } });
  await client.next('callStateChanged', ({ state }) => state === 'Connected');
  return body;
}

function refusal({ status, body }: { readonly status: number; readonly body: unknown }): readonly [number, string | undefined] {
  return [status, (body as { readonly error?: { readonly code: string } }).error?.code];
}

test('who is invited joins the one call of a room while it is open; everybody else hears why not', async () => {
  await using server = await TestServer.start({ media: new TestMedia() });
  const [ada, ben, eve] = [await server.client('Ada'), await server.client('Ben'), await server.client('Eve')];
  const roomId = await makeRoom(server, [[ada, 'Presenter'], [ben, 'Consumer']]);
  const hour = 3_600_000;
  const now = server.clock.wallMs();
  const later = await makeRoom(server, [[ada, 'Presenter']], { validFrom: new Date(now + hour).toISOString(), validUntil: new Date(now + 2 * hour).toISOString() });
  assert.deepEqual([refusal(await joinRoom(eve, roomId)), refusal(await joinRoom(ada, '9912345')), refusal(await joinRoom(ada, later))], [[403, 'ROOM_NOT_INVITED'], [404, 'ROOM_NOT_FOUND'], [403, 'ROOM_NOT_OPEN']]);
  const first = await connected(ada, roomId);
  const second = await connected(ben, roomId);
  assert.deepEqual([first.kind, first.roomId, second.callId, second.self.role, second.self.permissions], ['room', roomId, first.callId, 'Consumer', []]);
  const params = { callId: first.callId };
  const muted = await ben.ask('updateSelf', { params, body: { endpointId: ben.endpointId, isMuted: false } });
  assert.deepEqual(refusal(muted), [403, 'ROLE_FORBIDS']);
  assert.deepEqual(refusal(await ada.ask('addParticipant', { params, body: { endpointId: ada.endpointId, target: eve.identifier } })), [403, 'ROOM_NOT_INVITED']);
  assert.deepEqual(refusal(await ada.ask('addParticipant', { params, body: { endpointId: ada.endpointId, target: '4:+15550100' } })), [403, 'ROOM_DIAL_OUT_DISABLED']);
});

test('a token for joining only is enough for a room', async () => {
  await using server = await TestServer.start({ media: new TestMedia() });
  const { identity } = server;
  const identifier = await identity.createUser({ resourceId: identity.resources.default.id });
  const issued = await identity.issueAccessToken({ identifier, scopes: ['voip.join'] });
  assert.ok(issued.ok);
  const registered = await ask(server.url, 'registerEndpoint', { token: issued.token, body: { client: {} } });
  const answer = await identity.rooms.create(identity.resources.default.id, { participants: [{ rawId: identifier, role: 'Attendee' }] });
  assert.ok(answer.ok);
  const joined = await ask(server.url, 'joinCall', { token: issued.token, body: { endpointId: registered.body.endpointId, locator: { roomId: answer.value.id } } });
  assert.deepEqual([joined.status, joined.body.self.role], [200, 'Attendee']);
});

test('what becomes of a room becomes of its call, over a restart too', async () => {
  const before = await TestServer.start({ media: new TestMedia() });
  const [ada, ben] = [await before.client('Ada'), await before.client('Ben')];
  const roomId = await makeRoom(before, [[ada, 'Presenter'], [ben, 'Attendee']]);
  const { callId } = await connected(ada, roomId);
  await connected(ben, roomId);
  const resourceId = before.identity.resources.default.id;
  await before.identity.rooms.changeParticipants(resourceId, roomId, { invited: [{ rawId: ben.identifier, role: 'Collaborator' }] });
  const { role, permissions } = await ben.next('selfUpdated');
  assert.deepEqual([role, permissions?.includes('shareScreen')], ['Collaborator', true]);
  await before.stop();

  await using server = await TestServer.start({ dataDir: before.dataDir, clock: before.clock, media: new TestMedia() });
  const [ada2, ben2] = [ada.at(server.url), ben.at(server.url)];
  await Promise.all([ada2.connect(), ben2.connect()]);
  await server.identity.rooms.changeParticipants(resourceId, roomId, { removed: [ben.identifier] });
  const { endReason } = await ben2.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [0, 5317]);
  assert.deepEqual(refusal(await joinRoom(ben2, roomId)), [403, 'ROOM_NOT_INVITED']);
  await server.identity.rooms.delete(resourceId, roomId);
  const ended = await ada2.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([ended.endReason?.subCode, ended.endReason?.message], [7000, 'The room of this call was deleted.']);
  const { body: { value: [entry] } } = await ada2.ask('listCalls', {});
  assert.deepEqual([entry?.callId, entry?.roomId], [callId, roomId]);
  const { body: records } = await ada2.ask('getCallRecords', { params: { callId } });
  assert.deepEqual([...new Set(records.summaries.map((summary) => summary.roomId))], [roomId]);
});

test('operators make rooms, invite and take back', async () => {
  await using server = await TestServer.start({});
  const token = (await ask(server.url, 'signIn', { body: { displayName: 'Olga' } })).body.operatorToken ?? '';
  const { status, body: room } = await ask(server.url, 'createRoom', { token, body: { participants: [{ rawId: '8:acs:r_ada', role: 'Presenter' }] } });
  assert.equal(status, 201);
  const params = { roomId: room.id };
  assert.deepEqual((await ask(server.url, 'listRooms', { token })).body.value, [room]);
  const { body: { value } } = await ask(server.url, 'updateRoomParticipants', { token, params, body: { invited: [{ rawId: '8:acs:r_ben', role: 'Attendee' }], removed: ['8:acs:r_ada'] } });
  assert.deepEqual(value, [{ rawId: '8:acs:r_ben', role: 'Attendee' }]);
  assert.equal((await ask(server.url, 'updateRoom', { token, params, body: { pstnDialOutEnabled: true } })).body.pstnDialOutEnabled, true);
  assert.deepEqual(refusal(await ask(server.url, 'updateRoom', { token, params, body: { validUntil: '2001-01-01T00:00:00Z' } })), [400, 'ROOM_WINDOW_INVALID']);
  assert.deepEqual(refusal(await ask(server.url, 'updateRoomParticipants', { token, params, body: { invited: [{ rawId: '4:+15550100', role: 'Attendee' }] } })), [400, 'REQUEST_INVALID']);
  assert.equal((await ask(server.url, 'deleteRoom', { token, params })).status, 204);
  assert.deepEqual(refusal(await ask(server.url, 'getRoom', { token, params })), [404, 'ROOM_NOT_FOUND']);
});
