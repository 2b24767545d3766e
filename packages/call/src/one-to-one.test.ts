import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, bobsPhone, candidate, description, TestCall } from './test-call.ts';

test('a call rings on all devices, is answered on one, connects, is held by both and hung up', () => {
  const call = new TestCall();
  const { lines } = call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) });
  assert.deepEqual(lines, [
    'ok Connecting',
    'flow id1 > controller Connecting',
    'flow controller decided: media flows peer-to-peer',
    'find bob', 'told: alice calls bob',
  ]);
  assert.deepEqual(call.find(bob, bobsPhone).lines, [
    'alice-1 < bob Connecting',
    'bob-1 < incomingCall from alice oneToOne peerToPeer',
    'flow controller > id3 Ringing',
    'flow id1 > id3 offer 1 (audio · 1 candidate)',
    'bob-2 < incomingCall from alice oneToOne peerToPeer',
    'flow controller > id5 Ringing',
    'flow id1 > id5 offer 1 (audio · 1 candidate)',
  ]);
  assert.deepEqual(call.command({ kind: 'ringing', by: 'bob-1' }).lines, [
    'ok', 'alice-1 < Ringing', 'alice-1 < bob Ringing', 'flow id3 > controller bob Ringing',
  ]);
  assert.deepEqual(call.command({ kind: 'ringing', by: 'bob-2' }).lines, ['ok', 'flow id5 > controller bob Ringing']);
  assert.deepEqual(call.command({ kind: 'accept', by: 'bob-1', isMuted: true, description: description('answer', 1, 1) }).lines, [
    'ok Connecting',
    'alice-1 < Connected',
    'alice-1 < bob Connecting muted',
    'flow id3 > controller Connecting',
    'flow controller > id1 Connected',
    'flow controller > id5 ended 487/10003 by bob',
    'bob-2 < Disconnected 487/10003 by bob',
    'alice-1 < id2 answer 1',
    'flow id3 > id1 answer 1 (audio · 1 candidate)',
  ]);
  assert.deepEqual(call.command({ kind: 'accept', by: 'bob-2', isMuted: false }).lines, ['refused CALL_ANSWERED_ELSEWHERE']);
  assert.deepEqual(call.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId: 'id4', state: 'connected' }).lines, [
    'ok', 'alice-1 < bob Connected muted', 'bob-1 < Connected', 'flow id3 > controller media connected', 'flow controller > id3 Connected',
  ]);
  assert.deepEqual(call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'connected' }).lines, [
    'ok', 'flow id1 > controller media connected',
  ]);
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'bob-1', isMuted: false }).lines, ['ok Connected', 'alice-1 < bob Connected', 'bob-1 < self Unknown']);
  assert.deepEqual(call.command({ kind: 'hold', by: 'alice-1' }).lines, [
    'ok LocalHold', 'alice-1 < LocalHold', 'bob-1 < RemoteHold', 'bob-1 < alice Hold', 'flow id1 > controller LocalHold',
  ]);
  assert.deepEqual(call.command({ kind: 'hold', by: 'bob-1' }).lines, [
    'ok LocalHold', 'alice-1 < bob Hold', 'bob-1 < LocalHold', 'flow id3 > controller LocalHold',
  ]);
  assert.deepEqual(call.command({ kind: 'hold', by: 'bob-1' }).lines, ['ok LocalHold']);
  assert.deepEqual(call.command({ kind: 'resume', by: 'alice-1' }).lines, [
    'ok RemoteHold', 'alice-1 < RemoteHold', 'bob-1 < alice Connected', 'flow id1 > controller RemoteHold',
  ]);
  assert.deepEqual(call.command({ kind: 'resume', by: 'bob-1' }).lines, [
    'ok Connected', 'alice-1 < Connected', 'alice-1 < bob Connected', 'bob-1 < Connected', 'flow id3 > controller Connected',
  ]);
  call.pass(60_000);
  const { lines: last, record } = call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false });
  assert.deepEqual(last, [
    'ok',
    'flow controller > id1 ended 0/0 by bob',
    'alice-1 < Disconnected 0/0 by bob',
    'flow controller > id3 ended 0/0 by bob',
    'bob-1 < Disconnected 0/0 by bob',
    'flow controller ended 0/0 by bob',
    'ended 0/0 by bob',
  ]);
  const reason = { code: 0, subCode: 0, category: 'Success', message: 'The call was ended by one of the people in it.', endedBy: bob.identifier };
  const elsewhere = { code: 487, subCode: 10003, category: 'Success', message: 'The call was answered on another device.', endedBy: bob.identifier };
  assert.deepEqual(record, {
    callId: 'call', kind: 'oneToOne', topology: 'peerToPeer', caller: alice.identifier, startedAt: 1000, connectedAt: 1000, endedAt: 61_000, endReason: reason,
    participations: [
      { participantId: 'id5', ...bobsPhone, role: 'callee', startedAt: 1000, endedAt: 1000, endReason: elsewhere },
      { participantId: 'id1', ...alice, role: 'caller', startedAt: 1000, connectedAt: 1000, endedAt: 61_000, endReason: reason },
      { participantId: 'id3', ...bob, role: 'callee', startedAt: 1000, connectedAt: 1000, endedAt: 61_000, endReason: reason },
    ],
    unreached: [],
  });
  assert.equal(call.machine.pollTimeout(), undefined);
  assert.deepEqual(call.command({ kind: 'hold', by: 'alice-1' }).lines, ['refused CALL_ENDED']);
  assert.deepEqual(call.command({ kind: 'hold', by: 'carol-1' }).lines, ['refused CALL_NOT_FOUND']);
});

test('what the caller offers reaches every device that rings; what those trickle stays here until one answers', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) });
  assert.deepEqual(call.command({ kind: 'trickle', by: 'alice-1', mediaSessionId: 'id2', candidates: [candidate('host')] }).lines, ['ok']);
  call.find(bob, bobsPhone);
  const shown = call.machine.viewFor('bob-1')?.mediaSessions;
  assert.deepEqual(shown, [{
    mediaSessionId: 'id4', topology: 'peerToPeer', state: 'negotiating', polite: true, offerer: 'remote', iceServers: [], iceTransportPolicy: 'all',
    remoteDescription: description('offer', 1), remoteCandidates: [candidate('host')], localRevision: 0,
  }]);
  assert.deepEqual(call.command({ kind: 'trickle', by: 'alice-1', mediaSessionId: 'id2', candidates: [candidate('srflx'), candidate('relay')] }).lines, [
    'ok',
    'bob-1 < id4 2 candidates', 'flow id1 > id3 2 candidates (srflx, relay)',
    'bob-2 < id6 2 candidates', 'flow id1 > id5 2 candidates (srflx, relay)',
  ]);
  assert.deepEqual(call.command({ kind: 'trickle', by: 'bob-1', mediaSessionId: 'id4', candidates: [candidate('host')] }).lines, ['ok']);
  assert.deepEqual(call.command({ kind: 'trickle', by: 'bob-2', mediaSessionId: 'id6', candidates: [candidate('host')] }).lines, ['ok']);
  assert.deepEqual(call.machine.viewFor('alice-1')?.mediaSessions[0]?.remoteCandidates, []);
  const accepted = call.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('answer', 1, 1) });
  assert.deepEqual(accepted.lines.slice(-4), [
    'alice-1 < id2 answer 1', 'flow id3 > id1 answer 1 (audio · 1 candidate)',
    'alice-1 < id2 1 candidates', 'flow id3 > id1 1 candidates (host)',
  ]);
  assert.deepEqual(call.machine.viewFor('alice-1')?.mediaSessions[0], {
    mediaSessionId: 'id2', topology: 'peerToPeer', state: 'negotiating', polite: false, offerer: 'local', iceServers: [], iceTransportPolicy: 'all',
    remoteDescription: description('answer', 1, 1), remoteCandidates: [candidate('host')], localRevision: 1,
  });
});

test('a device that registers while the call rings, or while devices are looked up, rings too', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  assert.deepEqual(call.input({ kind: 'endpointRegistered', endpoint: bob }).lines, []);
  assert.deepEqual(call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [] }).lines, [
    'alice-1 < bob Connecting', 'bob-1 < incomingCall from alice oneToOne peerToPeer', 'flow controller > id3 Ringing',
  ]);
  assert.deepEqual(call.input({ kind: 'endpointRegistered', endpoint: bobsPhone }).lines, [
    'bob-2 < incomingCall from alice oneToOne peerToPeer', 'flow controller > id5 Ringing',
  ]);
  assert.deepEqual(call.input({ kind: 'endpointRegistered', endpoint: bobsPhone }).lines, [], 'once');
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'bob-1', 'bob-2']);
});

test('two devices answer in the same millisecond: the first one has the call', () => {
  const call = new TestCall().ring();
  assert.equal(call.command({ kind: 'accept', by: 'bob-2', isMuted: false }).result?.ok, true);
  assert.deepEqual(call.command({ kind: 'accept', by: 'bob-1', isMuted: false }).lines, ['refused CALL_ANSWERED_ELSEWHERE']);
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'bob-2']);
});

test('custom context and the identity of the caller travel with the call', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, customContext: { userToUser: 'ticket 7' } });
  call.find(bob);
  const view = call.machine.viewFor('bob-1');
  assert.deepEqual(view?.customContext, { userToUser: 'ticket 7' });
  assert.deepEqual(view?.caller, { identifier: alice.identifier, displayName: 'Alice' });
});

test('what cannot be started is refused and leaves nothing behind', () => {
  const call = new TestCall({ limits: { participants: 3 } });
  const start = (targets: string[]) => call.command({ kind: 'start', caller: alice, targets, isMuted: false }).lines;
  assert.deepEqual(start([]), ['refused TARGET_INVALID']);
  assert.deepEqual(start([alice.identifier]), ['refused TARGET_INVALID']);
  assert.deepEqual(start(['8:a', '8:b', '8:c']), ['refused TARGET_INVALID']);
  assert.deepEqual(call.command({ kind: 'accept', by: 'bob-1', isMuted: false }).lines, ['refused CALL_NOT_FOUND']);
  assert.deepEqual(call.input({ kind: 'terminate' }).lines, []);
  assert.equal(call.machine.pollTimeout(), undefined);
  assert.equal(start([bob.identifier])[0], 'ok Connecting');
  assert.deepEqual(start([bob.identifier]), ['refused CALL_STATE_CONFLICT']);
});
