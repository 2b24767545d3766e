import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, bobsPhone, carol, description, groupId, reasonLine, TestCall, type Outcome } from './test-call.ts';

/** How the call ended, and how each endpoint's part in it did. */
function ends({ record }: Outcome): Record<string, string> {
  assert.ok(record, 'the call goes on');
  return Object.fromEntries([
    ['call', reasonLine(record.endReason)],
    ...record.participations.map(({ endpointId, endReason }) => [endpointId, reasonLine(endReason)]),
    ...record.unreached.map(({ identifier, endReason }) => [identifier, reasonLine(endReason)]),
  ]);
}
const all = (reason: string) => ({ 'call': reason, 'alice-1': reason, 'bob-1': reason, 'bob-2': reason });
const start = { kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false } as const;

test('the caller hangs up before anybody answered', () => {
  assert.deepEqual(ends(new TestCall().ring().command({ kind: 'hangUp', by: 'alice-1', forEveryone: false })), all('487/0 by alice'));
});

test('a decline on one device is the decision of the person: it ends the ring on all of them', () => {
  assert.deepEqual(ends(new TestCall().ring().command({ kind: 'reject', by: 'bob-2', reason: 'declined' })), all('603/0 by bob'));
});

test('hanging up a ringing device declines', () => {
  assert.deepEqual(ends(new TestCall().ring().command({ kind: 'hangUp', by: 'bob-2', forEveryone: true })), all('603/0 by bob'));
});

test('a busy device stops ringing, and the last one makes the user busy', () => {
  const call = new TestCall().ring();
  assert.deepEqual(call.command({ kind: 'reject', by: 'bob-1', reason: 'busy' }).lines, [
    'ok', 'flow controller > id3 ended 486/0 by bob', 'bob-1 < Disconnected 486/0 by bob',
  ]);
  assert.deepEqual(ends(call.command({ kind: 'reject', by: 'bob-2', reason: 'busy' })), all('486/0 by bob'));
});

test('nobody answers within 85 s', () => {
  const call = new TestCall().ring();
  assert.deepEqual(call.pass(84_999).lines, []);
  assert.deepEqual(ends(call.pass(1)), all('487/10004 by platform'));
});

test('there is no such user, or none of its devices is registered, or nobody says', () => {
  const reached = (isKnown: boolean) => {
    const call = new TestCall();
    call.command(start);
    return ends(call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown, endpoints: [] }));
  };
  assert.deepEqual(reached(false), { 'call': '404/10044 by platform', 'alice-1': '404/10044 by platform', [bob.identifier]: '404/10044 by platform' });
  assert.deepEqual(reached(true), { 'call': '480/10037 by platform', 'alice-1': '480/10037 by platform', [bob.identifier]: '480/10037 by platform' });
  const call = new TestCall();
  call.command(start);
  assert.deepEqual(ends(call.pass(5000)), { 'call': '500/0 by platform', 'alice-1': '500/0 by platform', [bob.identifier]: '500/0 by platform' });
});

test('the last ringing device is closed', () => {
  const call = new TestCall().ring();
  assert.equal(call.input({ kind: 'endpointClosed', endpointId: 'bob-2', reason: 'closed' }).record, undefined);
  assert.deepEqual(ends(call.input({ kind: 'endpointClosed', endpointId: 'bob-1', reason: 'tokenInvalid' })), {
    'call': '480/10037 by platform', 'alice-1': '480/10037 by platform', 'bob-1': '495/4507 by bob', 'bob-2': '0/4521 by bob',
  });
});

test('the call was answered but media never connects', () => {
  const call = new TestCall().ring();
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  assert.deepEqual(call.pass(39_999).lines, []);
  assert.deepEqual(ends(call.pass(1)), { 'call': '408/10057 by bob', 'alice-1': '408/10057 by bob', 'bob-1': '408/10057 by bob', 'bob-2': '487/10003 by bob' });
});

const pair = (reason: string, bobs = reason) => ({ 'call': reason, 'alice-1': reason, 'bob-1': bobs, 'bob-2': '487/10003 by bob' });

test('media fails, with the cause the client found or the one that fits', () => {
  const failed = (prepare: (call: TestCall) => void, cause?: 'noMediaPath' | 'networkDropped') => {
    const call = new TestCall().ring();
    prepare(call);
    return ends(call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'failed', ...(cause === undefined ? {} : { cause }) }));
  };
  const accept = (call: TestCall) => void call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  const connect = (call: TestCall) => {
    call.answer();
    call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'connected' });
  };
  assert.deepEqual(failed(accept), pair('410/3100 by alice'));
  assert.deepEqual(failed(accept, 'noMediaPath'), pair('410/3112 by alice'));
  assert.deepEqual(failed(connect), pair('410/3101 by alice'));
  assert.deepEqual(failed(() => undefined), { 'call': '410/3100 by alice', 'alice-1': '410/3100 by alice', 'bob-1': '487/0 by alice', 'bob-2': '487/0 by alice' });
});

test('media stops and comes back, or does not within 120 s', () => {
  const call = new TestCall().ring().answer();
  const report = (state: 'connected' | 'interrupted') => call.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId: 'id4', state });
  report('interrupted');
  assert.deepEqual(call.pass(119_999).lines, []);
  report('connected');
  assert.deepEqual(call.pass(1).lines, []);
  report('interrupted');
  call.pass(60_000);
  report('interrupted');
  assert.deepEqual(ends(call.pass(60_000)), pair('410/301005 by bob'));
});

test('a client is lost and comes back, or does not within 120 s', () => {
  const call = new TestCall().ring().answer();
  assert.deepEqual(call.input({ kind: 'endpointLost', endpointId: 'alice-1' }).lines, ['flow controller > id1 decided: waiting for this client to come back']);
  assert.deepEqual(call.input({ kind: 'endpointLost', endpointId: 'alice-1' }).lines, []);
  assert.deepEqual(call.pass(119_999).lines, []);
  assert.deepEqual(call.input({ kind: 'endpointRecovered', endpointId: 'alice-1' }).lines, ['flow id1 > controller decided: this client is back']);
  assert.deepEqual(call.pass(1).lines, []);
  call.input({ kind: 'endpointLost', endpointId: 'alice-1' });
  assert.deepEqual(ends(call.pass(120_000)), pair('410/301005 by alice'));
});

test('a client is closed, or its token is no longer good: the other side sees it leave', () => {
  const closed = (reason: 'closed' | 'tokenInvalid') => ends(new TestCall().ring().answer().input({ kind: 'endpointClosed', endpointId: 'bob-1', reason }));
  assert.deepEqual(closed('closed'), pair('0/4521 by bob'));
  assert.deepEqual(closed('tokenInvalid'), { 'call': '495/4507 by bob', 'alice-1': '0/4521 by bob', 'bob-1': '495/4507 by bob', 'bob-2': '487/10003 by bob' });
  assert.deepEqual(ends(new TestCall().ring().input({ kind: 'endpointClosed', endpointId: 'alice-1', reason: 'closed' })), {
    'call': '0/4521 by alice', 'alice-1': '0/4521 by alice', 'bob-1': '487/0 by alice', 'bob-2': '487/0 by alice',
  });
});

test('one side removes the other, ends the call for both, or the platform does', () => {
  const answered = () => new TestCall().ring().answer();
  assert.deepEqual(ends(answered().command({ kind: 'removeParticipant', by: 'alice-1', target: bob.identifier })), pair('0/0 by alice', '0/5300 by alice'));
  assert.deepEqual(ends(answered().command({ kind: 'hangUp', by: 'alice-1', forEveryone: true })), pair('0/4097 by alice'));
  assert.deepEqual(ends(answered().input({ kind: 'terminate', message: 'Maintenance.' })), pair('0/7000 by platform'));
  assert.deepEqual(ends(new TestCall().ring().command({ kind: 'removeParticipant', by: 'alice-1', target: bob.identifier })), all('487/0 by alice'));
  const call = answered();
  call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'connected' });
  assert.deepEqual(ends(call.pass(30 * 3_600_000)), pair('0/7000 by platform'));
});

/** Alice calls Bob and Carol. */
function several(): TestCall {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier, carol.identifier], isMuted: false, description: description('offer', 1) });
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  call.find(bob);
  call.find(carol);
  call.legConnected('alice-1');
  return call;
}

test('everybody who was called declines', () => {
  const call = several();
  assert.deepEqual(call.command({ kind: 'reject', by: 'bob-1', reason: 'declined' }).lines, [
    'ok', 'alice-1 < -bob 603/0 by bob', 'flow controller > id4 ended 603/0 by bob', 'bob-1 < Disconnected 603/0 by bob',
  ]);
  assert.deepEqual(ends(call.command({ kind: 'reject', by: 'carol-1', reason: 'declined' })), {
    'call': '487/10024 by platform', 'alice-1': '487/10024 by platform', 'bob-1': '603/0 by bob', 'carol-1': '603/0 by carol',
  });
});

test('one declines and the other does not answer', () => {
  const call = several();
  call.command({ kind: 'reject', by: 'bob-1', reason: 'declined' });
  assert.deepEqual(ends(call.pass(85_000)), {
    'call': '487/10004 by platform', 'alice-1': '487/10004 by platform', 'bob-1': '603/0 by bob', 'carol-1': '487/10004 by platform',
  });
});

test('a group call goes on when one answered and the other declined, and ends with its last member', () => {
  const call = several();
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  call.command({ kind: 'reject', by: 'carol-1', reason: 'declined' });
  call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false });
  assert.equal(call.machine.isEnded, false);
  assert.deepEqual(ends(call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false })), {
    'call': '0/0 by alice', 'alice-1': '0/0 by alice', 'bob-1': '0/0 by bob', 'carol-1': '603/0 by carol',
  });
});

test('the caller of several gives up', () => {
  const reason = '487/0 by alice';
  assert.deepEqual(ends(several().command({ kind: 'hangUp', by: 'alice-1', forEveryone: false })), { 'call': reason, 'alice-1': reason, 'bob-1': reason, 'carol-1': reason });
});

test('a group call whose conference fails ends, and nobody was rung', () => {
  const reason = '503/0 by platform';
  const failed = (fail: (call: TestCall) => Outcome) => {
    const call = new TestCall();
    call.command({ kind: 'start', caller: alice, targets: [bob.identifier, carol.identifier], isMuted: false });
    return ends(fail(call));
  };
  const expected = { 'call': reason, 'alice-1': reason, [bob.identifier]: reason, [carol.identifier]: reason };
  assert.deepEqual(failed((call) => call.media({ kind: 'conferenceFailed', conferenceId: call.conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE' })), expected);
  assert.deepEqual(failed((call) => call.media({ kind: 'commandFailed', conferenceId: call.conferenceId, command: 'openConference', reason: 'PORTS_EXHAUSTED' })), expected);
  assert.deepEqual(failed((call) => call.pass(10_000)), expected);
});

test('without a media processor a group call ends as it begins, with the reason', () => {
  const call = new TestCall({ mediaProcessorAbsence: () => 'Install libopus.' });
  assert.deepEqual(call.command({ kind: 'join', joiner: alice, groupId, isMuted: false }).lines, [
    'ok Disconnected',
    'flow controller decided: media flows through the backend',
    'flow id2 > controller Connecting',
    'flow controller > id2 ended 503/0 by platform',
    'alice-1 < Disconnected 503/0 by platform',
    'flow controller ended 503/0 by platform',
    'ended 503/0 by platform',
  ]);
  assert.equal(call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false }).lines[0], 'refused CALL_ENDED');
  const { record } = new TestCall({ mediaProcessorAbsence: () => 'Install libopus.' }).command({ kind: 'start', caller: alice, targets: [bob.identifier, '8:acs:r_carol'], isMuted: false });
  assert.equal(record?.endReason.message, 'Install libopus.');
});

test('the endpoint that rang elsewhere is told nothing twice', () => {
  const call = new TestCall().ring();
  call.command({ kind: 'reject', by: 'bob-1', reason: 'busy' });
  const { outputs } = call.command({ kind: 'accept', by: 'bob-2', isMuted: false });
  assert.deepEqual(outputs.filter((output) => output.kind === 'event' && output.endpointId === bob.endpointId), []);
  assert.deepEqual(call.command({ kind: 'accept', by: bob.endpointId, isMuted: false }).lines, ['refused CALL_ENDED']);
  assert.equal(call.machine.viewFor(bobsPhone.endpointId)?.state, 'Connecting');
});
