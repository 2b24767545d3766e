import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallDecision } from '@dialplane/applications-api';
import { CallMachine } from '../index.ts';
import { alice, bob, bobsPhone, carol, description, service, telephone, TestCall } from '../test-call.ts';

const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));
const seen = (lines: readonly string[]) => about(lines, 'ok', 'refused', 'alice', 'bob', 'carol', 'find', 'told', 'line', 'media', 'connection', 'ended');

/** Alice calls Bob, of which an application is told. */
function calling(options: ConstructorParameters<typeof TestCall>[0] = {}, ...devices: readonly (typeof bob)[]): TestCall {
  const call = new TestCall(options);
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) });
  call.offer(bob.identifier, ...devices);
  return call;
}

const decide = (call: TestCall, decision: CallDecision, identifier = bob.identifier) => call.command({ kind: 'decide', by: 'offer', identifier, decision });
const toCarol: CallDecision = { kind: 'redirect', target: { kind: 'user', identifier: carol.identifier } };

test('applications may be told of calls between users, and of no others', () => {
  const call = new TestCall();
  const customContext = { voipHeaders: [{ key: 'a', value: 'b' }] };
  const { outputs } = call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, customContext });
  assert.deepEqual(outputs.filter(({ kind }) => kind === 'userCalled'), [{ kind: 'userCalled', identifier: bob.identifier, caller: { identifier: alice.identifier, displayName: 'Alice' }, customContext }]);
  const outside = new TestCall();
  outside.callFromOutside();
  assert.deepEqual(about(outside.find(bob).lines, 'told'), []);
  const number = new TestCall();
  number.dialled();
  assert.deepEqual(about(number.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier }).lines, 'told'), ['told: alice calls carol']);
});

test('while no application says anything, the user is called as ever; without a device they are waited for', () => {
  const call = calling({}, bob, bobsPhone);
  assert.ok(call.machine.isRung(bob.identifier));
  call.answer();
  assert.ok(!call.machine.isRung(bob.identifier));
  assert.deepEqual(seen(decide(call, toCarol).lines), ['refused PARTICIPANT_NOT_FOUND']);
  const absent = calling();
  assert.equal(absent.pass(84_999).record, undefined);
  assert.deepEqual(seen(absent.pass(1).lines), ['alice-1 < Disconnected 487/10004 by platform', 'ended 487/10004 by platform']);
  const unreached = calling();
  assert.deepEqual(seen(unreached.input({ kind: 'applicationsUnreached', identifier: bob.identifier, sentence: 'No.' }).lines), ['alice-1 < Disconnected 480/10037 by platform', 'ended 480/10037 by platform']);
  const unknown = new TestCall();
  unknown.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  assert.deepEqual(unknown.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: false, endpoints: [], isOffered: true }).record?.endReason.code, 404);
});

test('an application rejects a call, and the devices stop ringing', () => {
  for (const [reason, ended] of [['none', '603/0'], ['busy', '486/0'], ['forbidden', '403/0']] as const) {
    assert.deepEqual(seen(decide(calling({}, bob), { kind: 'reject', reason }).lines), ['ok', 'bob-1 < Disconnected 487/0 by platform', `alice-1 < Disconnected ${ended} by platform`, `ended ${ended} by platform`]);
  }
});

test('an application sends a call on to another user, who rings with the offer of the caller', () => {
  const call = calling({}, bob);
  const sent = decide(call, toCarol);
  assert.deepEqual(seen(sent.lines), ['ok', 'alice-1 < carol Connecting, -bob 487/10003 by platform', 'bob-1 < Disconnected 487/10003 by platform', 'find carol', 'told: alice calls carol']);
  assert.deepEqual(seen(call.find(carol).lines), ['alice-1 < carol Connecting', 'carol-1 < incomingCall from alice oneToOne peerToPeer']);
  assert.ok(call.machine.viewFor('carol-1')?.mediaSessions[0]?.remoteDescription !== undefined);
  assert.deepEqual(seen(decide(call, toCarol).lines), ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(seen(decide(call, { kind: 'redirect', target: { kind: 'user', identifier: alice.identifier } }, carol.identifier).lines), ['refused TARGET_INVALID']);
  const answered = call.command({ kind: 'accept', by: 'carol-1', isMuted: false, description: description('answer', 1, 1) });
  assert.ok(answered.lines.includes('alice-1 < Connected'));
});

test('a call is sent on ten times at most', () => {
  const call = calling();
  const back = (identifier: string): CallDecision => ({ kind: 'redirect', target: { kind: 'user', identifier } });
  for (let times = 0; times < 10; times += 1) {
    const [from, to] = times % 2 === 0 ? [bob, carol] : [carol, bob];
    assert.equal(decide(call, back(to.identifier), from.identifier).result?.ok, true);
    call.offer(to.identifier);
  }
  assert.deepEqual(seen(decide(call, toCarol).lines), ['refused CALL_STATE_CONFLICT']);
});

test('a call that is sent on to a telephone goes to the backend before anybody has answered', () => {
  const call = calling({}, bob);
  const sent = decide(call, { kind: 'redirect', target: { kind: 'number', number: '+15550100' } });
  assert.deepEqual(seen(sent.lines), [
    'ok', 'alice-1 < promoted oneToOne backend', 'alice-1 < everybody audio mixed video forwarded', `alice-1 < ${telephone} Connecting, -bob 487/10003 by platform`, 'bob-1 < Disconnected 487/10003 by platform', 'media openConference', 'media openLeg id6', 'alice-1 < session id2 closed', 'alice-1 < session id6 backend negotiating',
  ]);
  const opened = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.equal(about(opened.lines, 'line dial').length, 1);
  call.legConnected('alice-1');
  assert.deepEqual(about(call.line({ kind: 'answered', lineId: call.lineId }).lines, 'alice'), [`alice-1 < Connected`, `alice-1 < ${telephone} Connected sends Audio`]);
  const absent = calling({ telephoneAbsence: () => 'None.' }, bob);
  assert.deepEqual(seen(decide(absent, { kind: 'redirect', target: { kind: 'number', number: '+15550100' } }).lines), ['refused TELEPHONY_UNAVAILABLE']);
});

test('an application answers for a user: the caller is connected to the conference, and the application is a party', () => {
  const call = calling({}, bob);
  const answered = decide(call, { kind: 'answer', application: service });
  assert.deepEqual(about(answered.lines, 'ok', 'bob', 'alice'), ['ok', 'alice-1 < promoted oneToOne backend', 'alice-1 < everybody audio mixed video forwarded', 'alice-1 < -bob 487/10003 by platform', 'bob-1 < Disconnected 487/10003 by platform', 'alice-1 < session id2 closed', 'alice-1 < session id6 backend negotiating']);
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.deepEqual(about(call.legConnected('alice-1').lines, 'alice', 'connection'), ['alice-1 < Connected', 'alice-1 < session id6 backend connected', 'connection hears connected', 'connection hears 1: alice']);
  assert.deepEqual(seen(decide(call, { kind: 'answer', application: { ...service, connectionId: 'another' } }).lines), ['refused PARTICIPANT_NOT_FOUND']);
  const { record } = call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false });
  assert.deepEqual(record?.participations.map(({ identifier, isApplication = false }) => [identifier, isApplication]), [[bob.identifier, false], [alice.identifier, false], [service.identifier, true]]);
  const absent = calling({ mediaProcessorAbsence: () => 'None.' }, bob);
  assert.deepEqual(seen(decide(absent, { kind: 'answer', application: service }).lines), ['refused MEDIA_PROCESSOR_UNAVAILABLE']);
});

test('whoever was asked to come for an application may be another one: the application hears who came', () => {
  const call = new TestCall().answeredByApplication();
  call.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  call.offer(bob.identifier, bob);
  assert.deepEqual(about(decide(call, toCarol).lines, 'connection'), []);
  call.find(carol);
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.ok(call.legConnected('carol-1').lines.includes('connection hears add added carol'));
});

test('after a restart applications are told again', () => {
  const call = calling();
  const restored = CallMachine.restore(JSON.parse(JSON.stringify(call.machine.snapshot(call.now))), call.options, call.now);
  assert.equal(restored.poll()?.kind, 'userCalled');
  assert.equal(restored.poll(), undefined);
});

test('an application that answers when nobody else is left does not keep the call', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'attachApplication', application: service });
  call.command({ kind: 'addParticipant', by: 'alice-1', target: '8:acs:r_dave' });
  call.offer('8:acs:r_dave');
  for (const by of ['alice-1', 'bob-1', 'carol-1']) call.command({ kind: 'hangUp', by, forEveryone: false });
  assert.equal(call.machine.isEnded, false, 'the first application waits for whom it may yet talk to');
  const { record } = decide(call, { kind: 'answer', application: { ...service, connectionId: 'second' } }, '8:acs:r_dave');
  assert.equal(record?.endReason.subCode, 7000);
});
