import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallMachine, type CallSnapshot } from '../index.ts';
import { alice, bob, carol, service, telephone, TestCall } from '../test-call.ts';

const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));
const from = { callId: 'other', connectionId: 'elsewhere' };
const operation = { operationId: 'move' };

/** Alice and Bob in a group call, and an application that has come to it. */
function attended(): TestCall {
  const call = new TestCall().gather();
  call.command({ kind: 'attachApplication', application: service });
  return call;
}

test('a user is rung where they are, answers by themself, and the call they come from is told', () => {
  const source = attended();
  const call = new TestCall().answeredByApplication();
  const transferee = source.machine.transferee(bob.identifier);
  assert.deepEqual(transferee, { identifier: bob.identifier, displayName: 'Bob', endpoints: [bob] });
  const taken = call.command({ kind: 'takeIn', by: 'connection', target: bob.identifier, ...(transferee !== undefined && { transferee }), from, operation });
  assert.deepEqual(about(taken.lines, 'ok', 'bob', 'told', 'find'), ['ok', 'bob-1 < incomingCall from 4:+15550100 group backend']);
  assert.equal(call.machine.viewFor('bob-1')?.transfer?.callId, 'other');
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  assert.deepEqual(about(call.legConnected('bob-1').lines, 'connection', 'bob has'), ['connection hears move moved bob here from elsewhere', 'bob has come from other', 'connection hears 2: 4:+15550100, bob']);
  const left = source.input({ kind: 'movedAway', identifier: bob.identifier });
  assert.deepEqual(about(left.lines, 'bob', 'alice'), ['alice-1 < -bob', 'bob-1 < Disconnected 0/0 by bob']);
  assert.equal(left.record, undefined);
});

test('a restored call says again who has just come from another one, which may not have heard of it; whom a participant has transferred is not the same', () => {
  const call = new TestCall().answeredByApplication();
  call.command({ kind: 'takeIn', by: 'connection', target: bob.identifier, transferee: { identifier: bob.identifier, endpoints: [bob] }, from, operation });
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  call.legConnected('bob-1');
  const restored = () => {
    const snapshot = JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot;
    return CallMachine.restore(snapshot, { ...call.options, downtimeMs: 3_600_000 }, call.now).recentMoves(call.now);
  };
  assert.deepEqual(restored(), [{ kind: 'movedHere', from: 'other', identifier: bob.identifier }]);
  call.pass(10_001);
  assert.deepEqual(restored(), [], 'that was stored long ago');
});

test('a telephone is connected at once, and its line is not hung up where it was', () => {
  const source = new TestCall().answeredByApplication();
  const transferee = source.machine.transferee(telephone);
  const call = attended();
  const taken = call.command({ kind: 'takeIn', by: 'connection', target: telephone, ...(transferee !== undefined && { transferee }), from, operation });
  assert.deepEqual(about(taken.lines, 'line', 'connection hears move', telephone).map((line) => line.replace(/id\d+/, 'id')), ['line connect in-1 in id', `connection hears move moved ${telephone} here from elsewhere`, `${telephone} has come from other`]);
  const left = source.input({ kind: 'movedAway', identifier: telephone });
  assert.deepEqual(about(left.lines, 'line', 'connection', 'ended'), ['connection hears disconnected 0/0 by 4:+15550100', 'ended 0/0 by 4:+15550100']);
});

test('who is not there, is here already, or does not answer is not moved', () => {
  const call = attended();
  const move = (target: string, transferee?: typeof carol) => call.command({ kind: 'takeIn', by: 'connection', target, ...(transferee !== undefined && { transferee: { identifier: target, endpoints: [transferee] } }), from, operation });
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
  assert.deepEqual(about(move(dave.identifier).lines, 'ok', 'connection'), ['ok', 'connection hears move did not move dave 404/10044 by platform']);
  assert.deepEqual(about(move(carol.identifier, carol).lines, 'connection'), ['connection hears move did not move carol 486/0 by platform']);
  move(dave.identifier, dave);
  assert.deepEqual(about(call.pass(85_000).lines, 'connection'), ['connection hears move did not move dave 487/10004 by platform']);
  assert.deepEqual(call.input({ kind: 'movedAway', identifier: dave.identifier }).lines, []);
  assert.deepEqual(call.command({ kind: 'takeIn', by: alice.endpointId, target: dave.identifier, from, operation }).lines, ['refused CALL_STATE_CONFLICT']);
});
