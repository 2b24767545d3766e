import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxRoomParticipants, type Room } from '@dialplane/calling-api';
import { openTestIdentity, type TestIdentity } from '../test-identity.ts';

async function makeRoom({ identity, resourceId }: TestIdentity, request: Parameters<TestIdentity['identity']['rooms']['create']>[1]): Promise<Room> {
  const answer = await identity.rooms.create(resourceId, request);
  assert.ok(answer.ok);
  return answer.value;
}

test('who is invited comes in while the room is open, in the role they have', async (t) => {
  const opened = await openTestIdentity(t);
  const { identity: { rooms }, resourceId } = opened;
  const room = await makeRoom(opened, { validFrom: '2026-11-22T11:00:00Z', validUntil: '2026-11-22T12:00:00Z', participants: [{ rawId: '8:acs:r_ada', role: 'Consumer' }] });
  const asked = async (rawId: string, roomId = room.id): Promise<string> => {
    const answer = await rooms.invitation(resourceId, roomId, rawId);
    return answer.ok ? answer.value.role : answer.code;
  };
  assert.deepEqual([await asked('8:acs:r_ada'), await asked('8:acs:r_ben'), await asked('8:acs:r_ada', '99123')], ['ROOM_NOT_OPEN', 'ROOM_NOT_INVITED', 'ROOM_NOT_FOUND']);
  opened.advanceMinutes(61);
  assert.equal(await asked('8:acs:r_ada'), 'Consumer');
  const reopened = await opened.reopen();
  assert.equal((await reopened.identity.rooms.get(resourceId, room.id)).ok, true, 'rooms outlive a restart');
  reopened.advanceMinutes(60);
  const late = await reopened.identity.rooms.invitation(resourceId, room.id, '8:acs:r_ada');
  assert.equal(late.ok, false);
});

test('who listens hears of every change, and a deleted user is invited no more', async (t) => {
  const opened = await openTestIdentity(t);
  const { identity, resourceId } = opened;
  const { rooms } = identity;
  const ada = await identity.createUser({ resourceId });
  const room = await makeRoom(opened, { participants: [{ rawId: ada, role: 'Presenter' }] });
  const changed: string[] = [];
  const stop = rooms.onChanged((roomId) => changed.push(roomId));
  await rooms.update(resourceId, room.id, { pstnDialOutEnabled: true });
  await rooms.changeParticipants(resourceId, room.id, { invited: [{ rawId: '8:acs:r_ben', role: 'Attendee' }] });
  await identity.deleteUser(ada);
  assert.deepEqual([...((await rooms.state(room.id))?.roles ?? [])], [['8:acs:r_ben', 'Attendee']]);
  await rooms.delete(resourceId, room.id);
  assert.equal(await rooms.state(room.id), undefined);
  assert.deepEqual(changed, [room.id, room.id, room.id, room.id]);
  stop();
});

test('a room has its limits, and those of another resource are not there', async (t) => {
  const opened = await openTestIdentity(t);
  const { identity: { rooms }, resourceId } = opened;
  const people = Array.from({ length: maxRoomParticipants }, (_, index) => ({ rawId: `8:acs:r_${index}`, role: 'Attendee' as const }));
  const room = await makeRoom(opened, { participants: people });
  const extra = { invited: [{ rawId: '8:acs:r_one-more', role: 'Attendee' as const }] };
  assert.deepEqual(await rooms.changeParticipants(resourceId, room.id, extra), { ok: false, code: 'ROOM_FULL' });
  assert.deepEqual(await rooms.changeParticipants(resourceId, room.id, { ...extra, removed: ['8:acs:r_7'] }), { ok: true, value: undefined }, 'one goes, one comes');
  for (const answer of [await rooms.get('elsewhere', room.id), await rooms.delete('elsewhere', room.id), await rooms.update('elsewhere', room.id, {}), await rooms.participants('elsewhere', room.id)]) {
    assert.deepEqual(answer, { ok: false, code: 'ROOM_NOT_FOUND' });
  }
});

test('rooms that have long been over go when others come', async (t) => {
  const opened = await openTestIdentity(t);
  const { identity: { rooms }, resourceId } = opened;
  const old = await makeRoom(opened, {});
  opened.advanceMinutes(361 * 24 * 60);
  const fresh = await makeRoom(opened, {});
  assert.deepEqual((await rooms.list(resourceId, { limit: 10 }))?.value, [fresh]);
  assert.notEqual(old.id, fresh.id);
});
