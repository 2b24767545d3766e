import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMilliseconds, instant } from '@dialplane/sansio';
import { CallMachine, type CallSnapshot } from './index.ts';
import { alice, bob, carol, TestCall } from './test-call.ts';

test('a repeated command has its first verdict and no other output', () => {
  const call = new TestCall().ring();
  const accept = { kind: 'accept', by: 'bob-1', isMuted: false } as const;
  assert.equal(call.command(accept, 'x').lines[0], 'ok Connecting');
  assert.deepEqual(call.command(accept, 'x').lines, ['ok Connecting']);
  const lost = { kind: 'accept', by: 'bob-2', isMuted: false } as const;
  assert.deepEqual(call.command(lost, 'x').lines, ['refused CALL_ANSWERED_ELSEWHERE'], 'the same id of another endpoint is another command');
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false }, 'y').lines.at(-1), 'ended 0/0 by bob');
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false }, 'y').lines, ['ok Disconnected'], 'also after the end');
  assert.deepEqual(call.command(accept, 'x').lines, ['ok Disconnected'], 'with the call as it is now');
});

test('a repeated invitation gives the participant of the first time', () => {
  const call = new TestCall().gather();
  const add = { kind: 'addParticipant', by: 'alice-1', target: '8:acs:r_dave' } as const;
  const first = call.command(add, 'x').result;
  assert.ok(first?.ok);
  call.pass(5000);
  const again = call.command(add, 'x').result;
  assert.deepEqual(again?.ok === true ? again.participant : undefined, first.participant);
  assert.equal(call.machine.viewFor('alice-1')?.participants.length, 2);
});

test('the memory is bounded, and strangers have no place in it', () => {
  const call = new TestCall({ limits: { rememberedCommands: 2 } }).ring();
  const mute = (isMuted: boolean, commandId: string) => call.command({ kind: 'updateSelf', by: 'alice-1', isMuted }, commandId).lines.length;
  assert.equal(mute(true, 'a'), 2);
  for (let index = 0; index < 10; index += 1) call.command({ kind: 'hold', by: 'carol-1' }, `stranger ${index}`);
  assert.equal(mute(true, 'a'), 1);
  mute(false, 'b');
  mute(true, 'c');
  assert.equal(mute(false, 'a'), 2, 'the oldest was forgotten: the command is carried out again');
});

test('a restored call goes on: the same timers, the same ids, the same truth', () => {
  const call = new TestCall().ring();
  call.pass(80_000);
  const snapshot = JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot;
  const view = call.machine.viewFor('bob-1');
  call.now = instant(5);
  call.machine = CallMachine.restore(snapshot, call.options, call.now);
  assert.deepEqual(call.machine.viewFor('bob-1'), view);
  assert.equal(call.machine.pollTimeout(), 5 + 5000);
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'bob-1', 'bob-2']);
  const { record } = call.pass(5000);
  assert.deepEqual([record?.startedAt, record?.endedAt, record?.endReason.subCode], [5 - 80_000, 5005, 10004]);
});

test('a restored call asks again for the endpoints it was waiting for', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  call.machine = CallMachine.restore(call.machine.snapshot(call.now), call.options, call.now);
  assert.deepEqual(call.machine.poll(), { kind: 'findEndpoints', identifier: bob.identifier });
  assert.equal(call.machine.poll(), undefined);
  assert.ok(call.find(bob).lines.includes('bob-1 < incomingCall from alice oneToOne peerToPeer'));
});

test('time without a machine costs nobody a deadline, but dates what happened before it', () => {
  const call = new TestCall().ring();
  const snapshot = call.machine.snapshot(call.now);
  call.now = addMilliseconds(call.now, 0);
  call.machine = CallMachine.restore(snapshot, { ...call.options, downtimeMs: 600_000 }, call.now);
  assert.equal(call.machine.pollTimeout(), call.now + 85_000);
  assert.equal(call.pass(85_000).record?.startedAt, 1000 - 600_000);
});

test('the lanes of the call flow name everybody who rang or came, and the parts of the server', () => {
  const call = new TestCall().ring().answer();
  const lane = (endpointId: string) => call.machine.viewFor(endpointId)?.self.participantId;
  assert.deepEqual(call.machine.lanes(), [
    { id: lane('alice-1'), role: 'caller', identifier: alice.identifier, displayName: 'Alice' },
    { id: 'controller', role: 'server' },
    { id: 'id5', role: 'callee', identifier: bob.identifier },
    { id: lane('bob-1'), role: 'callee', identifier: bob.identifier, displayName: 'Bob' },
  ]);
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  assert.ok(call.machine.lanes().some(({ id }) => id === 'mediaProcessor'));
});
