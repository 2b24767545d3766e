import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, bobsPhone, description, TestCall } from './test-call.ts';

test('a call rings, is answered, connects and is hung up', () => {
  const call = new TestCall();
  assert.deepEqual(call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) }).found, [bob.identifier]);
  assert.deepEqual(call.find(bob, bobsPhone).events.slice(1).map(([endpointId, event]) => [endpointId, event.type]), [['bob-1', 'incomingCall'], ['bob-2', 'incomingCall']]);
  call.command({ kind: 'ringing', by: 'bob-1' });
  assert.equal(call.machine.viewFor('alice-1')?.state, 'Ringing');
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('answer', 1, 1) });
  assert.equal(call.machine.viewFor('alice-1')?.state, 'Connected');
  const mediaSessionId = call.machine.viewFor('bob-1')?.mediaSessions[0]?.mediaSessionId ?? '';
  call.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId, state: 'connected' });
  assert.equal(call.machine.viewFor('bob-1')?.state, 'Connected');
  const { record } = call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false });
  assert.deepEqual(record?.participations.map(({ endpointId, endReason }) => [endpointId, endReason.code, endReason.subCode]), [['bob-2', 487, 10003], ['alice-1', 0, 0], ['bob-1', 0, 0]]);
  assert.equal(call.machine.pollTimeout(), undefined);
});
