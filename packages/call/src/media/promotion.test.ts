import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bob, carol, description, reasonLine, TestCall } from '../test-call.ts';

/** Alice and Bob talk; Alice adds Carol, and the conference is open. */
function bridging(): TestCall {
  const call = new TestCall().ring().answer();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  call.find(carol);
  return call;
}

test('adding a third moves the call to the backend, and the direct path is closed when both are there', () => {
  const call = new TestCall().ring().answer();
  const added = call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  assert.deepEqual(added.lines, [
    'ok carol Connecting', 'alice-1 < carol Connecting', 'bob-1 < carol Connecting', 'flow controller decided: media moves to the backend', 'media openConference',
  ]);
  assert.deepEqual(added.result?.ok === true ? added.result.participant : undefined, {
    identifier: carol.identifier, endpointDetails: [], state: 'Connecting', isMuted: false, role: 'Unknown', addedBy: '8:acs:r_alice',
  });
  assert.deepEqual(call.media({ kind: 'conferenceOpened', conferenceId: 'id7', process: 'media-0' }).lines, [
    'flow mediaProcessor > controller decided: conference opened',
    'media openLeg id8', 'alice-1 < session id8 backend negotiating',
    'media openLeg id9', 'bob-1 < session id9 backend negotiating',
    'find carol', 'told: alice calls carol',
  ]);
  assert.deepEqual(call.find(carol).lines, [
    'alice-1 < carol Connecting', 'bob-1 < carol Connecting', 'carol-1 < incomingCall from alice group backend', 'flow controller > id10 Ringing',
  ]);
  assert.deepEqual(call.command({ kind: 'describe', by: 'alice-1', mediaSessionId: 'id8', description: description('offer', 1) }).lines, [
    'ok', 'media describe id8', 'flow id1 > mediaProcessor offer 1 (audio · 1 candidate)',
  ]);
  assert.deepEqual(call.media({ kind: 'legDescribed', conferenceId: 'id7', legId: 'id8', description: description('answer', 1, 1) }).lines, [
    'alice-1 < id8 answer 1', 'flow mediaProcessor > id1 answer 1 (audio · 1 candidate)',
  ]);
  assert.deepEqual(call.command({ kind: 'accept', by: 'carol-1', isMuted: false, description: description('offer', 1) }).lines, [
    'ok Connecting', 'alice-1 < carol Connecting', 'bob-1 < carol Connecting', 'flow id10 > controller Connecting', 'media openLeg id11',
  ]);
  assert.deepEqual(call.legConnected('alice-1').lines, ['flow mediaProcessor > id1 media connected', 'alice-1 < session id8 backend connected']);
  assert.equal(call.machine.viewFor('alice-1')?.kind, 'oneToOne', 'not before Bob is there too');
  assert.deepEqual(call.legConnected('bob-1').lines, [
    'alice-1 < promoted group backend', 'alice-1 < everybody audio mixed video forwarded', 'alice-1 < self Presenter', 'alice-1 < bob Connected, carol Connecting sends Audio',
    'bob-1 < promoted group backend', 'bob-1 < everybody audio mixed video forwarded', 'bob-1 < self Presenter', 'bob-1 < alice Connected sends Audio, carol Connecting sends Audio',
    'carol-1 < everybody audio mixed video forwarded', 'carol-1 < self Presenter', 'carol-1 < alice Connected sends Audio, bob Connected',
    'flow mediaProcessor > id3 media connected',
    'flow controller decided: the call is a group call; the direct path is closed',
    'alice-1 < session id2 closed', 'bob-1 < session id4 closed',
    'bob-1 < session id9 backend connected',
  ]);
  assert.deepEqual(call.legConnected('carol-1').lines, [
    'alice-1 < carol Connected sends Audio', 'bob-1 < carol Connected sends Audio', 'carol-1 < Connected',
    'flow mediaProcessor > id10 media connected', 'flow controller > id10 Connected', 'carol-1 < session id11 backend connected',
  ]);
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false }).lines, [
    'ok', 'bob-1 < -alice', 'carol-1 < -alice', 'media closeLeg id8', 'flow controller > id1 ended 0/0 by alice', 'alice-1 < Disconnected 0/0 by alice',
  ]);
  assert.equal(call.machine.viewFor('bob-1')?.topology, 'backend', 'no demotion');
});

const lost = [
  'alice-1 < -carol 503/0 by platform', 'bob-1 < -carol',
  'flow mediaProcessor > controller decided: conference failed',
  'flow controller > id10 ended 503/0 by platform', 'carol-1 < Disconnected 503/0 by platform',
  'alice-1 < session id8 closed', 'bob-1 < session id9 closed',
  'media closeConference', 'flow controller decided: the call stays peer-to-peer',
];

test('when the conference fails the 1:1 call lives on, and who was added ends with the reason', () => {
  const call = bridging();
  assert.deepEqual(call.media({ kind: 'conferenceFailed', conferenceId: 'id7', reason: 'MEDIA_PROCESS_LOST' }).lines, lost);
  assert.deepEqual(call.machine.viewFor('alice-1')?.mediaSessions.map(({ mediaSessionId, state }) => [mediaSessionId, state]), [['id2', 'negotiating']]);
  assert.equal(call.machine.viewFor('bob-1')?.kind, 'oneToOne');
  assert.equal(call.command({ kind: 'addParticipant', by: 'bob-1', target: carol.identifier }).result?.ok, true, 'and it can be tried again');
});

test('a conference that never opens leaves the call as it was, and nobody was rung', () => {
  const call = new TestCall().ring().answer();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  assert.deepEqual(call.pass(10_000).lines, [
    'alice-1 < -carol 503/0 by platform', 'bob-1 < -carol',
    'flow mediaProcessor > controller decided: conference failed', 'media closeConference', 'flow controller decided: the call stays peer-to-peer',
  ]);
  const { record } = call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false });
  assert.deepEqual(record?.unreached.map(({ identifier, endReason }) => [identifier, reasonLine(endReason)]), [[carol.identifier, '503/0 by platform']]);
});

test('an old member that cannot reach the backend in time, or at all, keeps the 1:1 call', () => {
  const late = bridging();
  late.legConnected('alice-1');
  late.pass(40_000);
  assert.deepEqual([late.machine.viewFor('bob-1')?.kind, late.machine.endpoints()], ['oneToOne', ['alice-1', 'bob-1']]);
  const failed = bridging();
  failed.media({ kind: 'legStateChanged', conferenceId: 'id7', legId: 'id9', state: 'closed', reason: 'CONSENT_EXPIRED' });
  assert.deepEqual([failed.machine.viewFor('bob-1')?.kind, failed.machine.endpoints()], ['oneToOne', ['alice-1', 'bob-1']]);
});

test('when the direct path breaks meanwhile there is nothing to go back to: the backend is all there is', () => {
  const call = bridging();
  call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id2', state: 'failed' });
  assert.deepEqual(call.machine.viewFor('alice-1')?.mediaSessions.map(({ topology }) => topology), ['backend']);
  assert.equal(call.machine.viewFor('alice-1')?.kind, 'group');
  call.legConnected('alice-1');
  call.pass(40_000);
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'carol-1'], 'Bob never reached it');
});

test('an old member may leave while the call is being promoted', () => {
  const call = bridging();
  assert.equal(call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false }).record, undefined);
  assert.deepEqual(call.machine.endpoints(), ['bob-1', 'carol-1']);
  assert.equal(call.machine.viewFor('bob-1')?.kind, 'group');
});

test('who was added may leave before the others are on the backend: they go there all the same', () => {
  const call = bridging();
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.equal(call.command({ kind: 'hangUp', by: 'carol-1', forEveryone: false }).record, undefined);
  call.legConnected('alice-1');
  call.legConnected('bob-1');
  assert.equal(call.machine.viewFor('bob-1')?.kind, 'group');
});

test('hanging up while the conference is being opened ends the 1:1 call', () => {
  const call = new TestCall().ring().answer();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  const { record } = call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false });
  assert.equal(record?.kind, 'oneToOne');
  assert.deepEqual(record.unreached.map(({ endReason }) => reasonLine(endReason)), ['487/0 by bob']);
});

test('adding is refused before the answer, twice, to oneself, when the call is full, and without a media processor', () => {
  const add = (call: TestCall, target: string) => call.command({ kind: 'addParticipant', by: 'alice-1', target }).lines;
  assert.deepEqual(add(new TestCall().ring(), carol.identifier), ['refused CALL_STATE_CONFLICT']);
  assert.deepEqual(add(new TestCall().ring().answer(), bob.identifier), ['refused CALL_STATE_CONFLICT']);
  assert.deepEqual(add(new TestCall().ring().answer(), '8:acs:r_alice'), ['refused TARGET_INVALID']);
  assert.deepEqual(add(new TestCall({ limits: { participants: 2 } }).ring().answer(), carol.identifier), ['refused CALL_FULL']);
  assert.deepEqual(add(new TestCall({ mediaProcessorAbsence: () => 'Install libopus.' }).ring().answer(), carol.identifier), ['refused MEDIA_PROCESSOR_UNAVAILABLE']);
});
