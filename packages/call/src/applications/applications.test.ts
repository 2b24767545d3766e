import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallMachine, type CallSnapshot } from '../index.ts';
import { alice, bob, carol, ownNumber, service, telephone, TestCall } from '../test-call.ts';

const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));
const heard = (lines: readonly string[]) => about(lines, 'connection');

test('an application answers a telephone, and is connected when the telephone has its leg', () => {
  const call = new TestCall();
  const answered = call.callFromOutside({ kind: 'application', ...service });
  assert.deepEqual(about(answered.lines, 'line', 'media', 'connection'), ['media openConference', 'line connect in-1 in id4']);
  assert.deepEqual(heard(call.lineDescribed().lines), ['connection hears connected', 'connection hears 1: 4:+15550100']);
  const { record, lines } = call.line({ kind: 'ended', lineId: 'in-1', end: { by: 'remote' } });
  assert.deepEqual(heard(lines), ['connection hears disconnected 0/540000 by 4:+15550100']);
  assert.deepEqual(record?.participations.map(({ identifier, role, isApplication }) => [identifier, role, isApplication]), [[telephone, 'caller', undefined], [service.identifier, 'callee', true]]);
});

test('a caller who hangs up before that has never connected the application', () => {
  const call = new TestCall();
  call.callFromOutside({ kind: 'application', ...service });
  assert.deepEqual(heard(call.line({ kind: 'ended', lineId: 'in-1', end: { by: 'remote', status: 487 } }).lines), ['connection hears disconnected 487/540487 by 4:+15550100, never connected']);
  const absent = new TestCall({ mediaProcessorAbsence: () => 'There is none.' });
  const { lines } = absent.line({ kind: 'incoming', line: { lineId: 'in-1', from: telephone, to: ownNumber, target: { kind: 'application', ...service } } });
  assert.deepEqual(about(lines, 'connection', 'line'), ['line hangUp in-1', 'connection hears disconnected 503/0 by platform, never connected']);
});

test('an application adds a user, whom nobody else is shown it to; the two go on when it leaves', () => {
  const call = new TestCall().answeredByApplication();
  const adds = call.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  assert.deepEqual(about(adds.lines, 'ok', 'find', 'connection'), ['ok bob Connecting', 'find bob']);
  assert.deepEqual(about(call.find(bob).lines, 'bob-1'), ['bob-1 < incomingCall from 4:+15550100 group backend']);
  call.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  assert.deepEqual(heard(call.legConnected('bob-1').lines), ['connection hears add added bob', 'connection hears 2: 4:+15550100, bob']);
  assert.deepEqual(call.machine.viewFor('bob-1')?.participants.map(({ identifier }) => identifier), [telephone]);
  const leaves = call.command({ kind: 'hangUp', by: 'connection', forEveryone: false });
  assert.deepEqual(heard(leaves.lines), ['connection hears disconnected 0/0 by service']);
  assert.equal(leaves.record, undefined);
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'connection', forEveryone: false }, 'again').lines, ['refused CALL_ENDED']);
});

test('an application that leaves somebody alone ends the call, and so does one that ends it for all', () => {
  const alone = new TestCall().answeredByApplication().command({ kind: 'hangUp', by: 'connection', forEveryone: false });
  assert.deepEqual(about(alone.lines, 'line', 'connection', 'ended'), ['connection hears disconnected 0/0 by service', 'line hangUp in-1', 'ended 0/0 by service']);
  const call = new TestCall().answeredByApplication();
  call.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  call.find(bob);
  const { lines } = call.command({ kind: 'hangUp', by: 'connection', forEveryone: true });
  assert.deepEqual(about(lines, 'bob-1', 'connection', 'ended'), [
    'bob-1 < Disconnected 487/0 by service', 'connection hears add did not add bob 487/0 by service', 'connection hears disconnected 0/4097 by service', 'ended 0/4097 by service',
  ]);
});

test('who does not come is told, an invitation can be given up, and somebody removed', () => {
  const call = new TestCall().answeredByApplication();
  const add = (operationId: string, target: string, ringMs?: number) => call.command({ kind: 'addParticipant', by: 'connection', target, operation: { operationId }, ...(ringMs === undefined ? {} : { ringMs }) });
  add('one', bob.identifier);
  call.find(bob);
  assert.deepEqual(heard(call.command({ kind: 'reject', by: 'bob-1', reason: 'declined' }).lines), ['connection hears one did not add bob 603/0 by bob']);
  add('two', bob.identifier, 10_000);
  call.find(bob);
  assert.deepEqual(heard(call.pass(10_000).lines), ['connection hears two did not add bob 487/10004 by platform']);
  add('three', carol.identifier);
  call.find(carol);
  const cancel = (invitationId: string) => about(call.command({ kind: 'cancelAddParticipant', by: 'connection', invitationId, operation: { operationId: 'cancel' } }).lines, 'ok', 'connection', 'carol');
  assert.deepEqual(cancel('three'), ['ok', 'connection hears cancel cancelled three', 'carol-1 < Disconnected 487/0 by service']);
  assert.deepEqual(cancel('three'), ['ok', 'connection hears cancel could not cancel three']);
  const remove = (target: string) => heard(call.command({ kind: 'removeParticipant', by: 'connection', target, operation: { operationId: 'remove' } }).lines);
  assert.deepEqual(remove(carol.identifier), ['connection hears remove found no carol']);
  assert.deepEqual(remove(telephone), ['connection hears remove removed 4:+15550100', 'connection hears disconnected 0/5300 by service']);
});

test('an application calls a telephone, and waits with it', () => {
  const call = new TestCall();
  const started = call.command({ kind: 'startAsApplication', application: service, targets: [telephone], alternateCallerId: ownNumber, callerName: 'Support' });
  assert.deepEqual(about(started.lines, 'ok', 'media'), ['ok', 'media openConference']);
  const opened = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.deepEqual(about(opened.lines, 'line'), ['line dial id3 +15550100 as +15550199 for service in id5']);
  assert.deepEqual(heard(call.line({ kind: 'answered', lineId: 'id3' }).lines), ['connection hears connected', 'connection hears 1: 4:+15550100']);
  assert.deepEqual(call.pass(3_600_000).record, undefined);
  assert.deepEqual(call.machine.lanes().map(({ role, identifier }) => [role, identifier]).filter(([, identifier]) => identifier !== undefined), [['caller', service.identifier], ['callee', telephone]]);
});

test('a call that an application makes ends as whom it calls says, when the last of them has', () => {
  const busy = new TestCall();
  busy.command({ kind: 'startAsApplication', application: service, targets: [telephone], alternateCallerId: ownNumber });
  busy.media({ kind: 'conferenceOpened', conferenceId: busy.conferenceId, process: 'media-0' });
  assert.deepEqual(heard(busy.line({ kind: 'ended', lineId: busy.lineId, end: { by: 'remote', status: 486 } }).lines), ['connection hears disconnected 486/560486 by 4:+15550100, never connected']);
  const group = new TestCall();
  group.command({ kind: 'startAsApplication', application: service, targets: [bob.identifier, carol.identifier] });
  group.media({ kind: 'conferenceOpened', conferenceId: group.conferenceId, process: 'media-0' });
  group.find(bob);
  group.find(carol);
  assert.equal(group.command({ kind: 'reject', by: 'bob-1', reason: 'declined' }).record, undefined);
  assert.deepEqual(heard(group.command({ kind: 'reject', by: 'carol-1', reason: 'declined' }).lines), ['connection hears disconnected 487/10024 by platform, never connected']);
});

test('an application comes to a call of two, which moves to the backend for it and goes on without it', () => {
  const call = new TestCall().ring().answer();
  call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: call.session('alice-1'), state: 'connected' });
  assert.deepEqual(about(call.command({ kind: 'attachApplication', application: service }).lines, 'ok', 'media'), ['ok', 'media openConference']);
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  call.legConnected('alice-1');
  assert.deepEqual(heard(call.legConnected('bob-1').lines), ['connection hears connected', 'connection hears 1: alice, bob']);
  assert.deepEqual(heard(call.command({ kind: 'mute', by: 'connection', target: bob.identifier }).lines), ['connection hears 2: alice, bob muted']);
  const { lines, record } = call.command({ kind: 'hangUp', by: 'connection', forEveryone: false });
  assert.deepEqual([heard(lines), record], [['connection hears disconnected 0/0 by service'], undefined]);
  const failing = new TestCall().ring().answer();
  failing.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: failing.session('alice-1'), state: 'connected' });
  failing.command({ kind: 'attachApplication', application: service });
  const failed = failing.media({ kind: 'conferenceFailed', conferenceId: failing.conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE' });
  assert.deepEqual(about(failed.lines, 'connection', 'ended'), ['connection hears disconnected 503/0 by platform, never connected']);
});

test('an application in a group call hears keys, and nobody waits for it', () => {
  const call = new TestCall().gather();
  assert.deepEqual(heard(call.command({ kind: 'attachApplication', application: service }).lines), ['connection hears connected', 'connection hears 1: alice, bob, carol']);
  for (const by of ['alice-1', 'bob-1']) call.command({ kind: 'hangUp', by, forEveryone: false });
  assert.deepEqual(heard(call.command({ kind: 'hangUp', by: 'carol-1', forEveryone: false }).lines), ['connection hears disconnected 0/0 by carol']);
  const ivr = new TestCall().answeredByApplication();
  ivr.command({ kind: 'listenToTones', by: 'connection', target: telephone, operation: { operationId: 'keys' } });
  for (const [index, key] of ['*', '6'].entries()) assert.deepEqual(ivr.line({ kind: 'dtmf', lineId: 'in-1', tone: key }).lines, [`connection hears keys ${index + 1}: ${key} of ${telephone}`]);
  assert.deepEqual(new TestCall().command({ kind: 'attachApplication', application: service }).lines, ['refused CALL_NOT_FOUND']);
});

test('an application transfers a telephone: by itself to a number, here to a user', () => {
  const referring = new TestCall().answeredByApplication();
  const asked = referring.command({ kind: 'transfer', by: 'connection', target: '4:+15550177', operation: { operationId: 'transfer' } });
  assert.deepEqual(about(asked.lines, 'line', 'connection'), ['line transfer in-1 to +15550177']);
  assert.deepEqual(heard(referring.line({ kind: 'transferEnded', lineId: 'in-1', status: 200 }).lines), ['connection hears transfer transferred 4:+15550100 to 4:+15550177', 'connection hears disconnected 0/0 by service']);

  const inviting = new TestCall().answeredByApplication();
  inviting.command({ kind: 'transfer', by: 'connection', target: bob.identifier, transferee: telephone, operation: { operationId: 'transfer' } });
  inviting.find(bob);
  inviting.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  const comes = inviting.legConnected('bob-1');
  assert.deepEqual(heard(comes.lines), ['connection hears transfer transferred 4:+15550100 to bob', 'connection hears disconnected 0/0 by service']);
  assert.deepEqual([comes.record, inviting.machine.viewFor('bob-1')?.participants.length], [undefined, 1]);

  const declined = new TestCall().answeredByApplication();
  declined.command({ kind: 'transfer', by: 'connection', target: bob.identifier, operation: { operationId: 'transfer' } });
  declined.find(bob);
  assert.deepEqual(heard(declined.command({ kind: 'reject', by: 'bob-1', reason: 'declined' }).lines), ['connection hears transfer transferred nobody 603/0 by bob']);
  assert.deepEqual(declined.command({ kind: 'transfer', by: 'connection', target: bob.identifier, transferee: carol.identifier }).lines, ['refused PARTICIPANT_NOT_FOUND']);
});

test('an application transfers one of several, who leaves the others when they have reached the target', () => {
  const several = (): TestCall => {
    const call = new TestCall().gather();
    call.command({ kind: 'attachApplication', application: service });
    return call;
  };
  const call = several();
  const transfer = (more: { readonly target: string; readonly transferee?: string }) => call.command({ kind: 'transfer', by: 'connection', operation: { operationId: 'transfer' }, ...more });
  assert.deepEqual(transfer({ target: '4:+15550177' }).lines, ['refused TRANSFER_IMPOSSIBLE'], 'it does not say whom');
  assert.deepEqual(transfer({ target: '4:+15550177', transferee: '8:acs:nobody' }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(transfer({ target: carol.identifier, transferee: bob.identifier }).lines, ['refused TARGET_INVALID']);
  const { lines, result } = transfer({ target: '4:+15550177', transferee: bob.identifier });
  assert.deepEqual(about(lines, 'ok', 'bob'), ['ok', 'bob-1 < is to call 4:+15550177']);
  const transferId = result?.ok === true ? result.transferId ?? '' : assert.fail('refused');
  call.input({ kind: 'transferTaken', transferId, callId: 'another' });
  const settled = call.input({ kind: 'transferSettled', transferId });
  assert.deepEqual(about(settled.lines, 'connection', 'bob', 'alice'), [
    'alice-1 < -bob', 'connection hears transfer transferred bob to 4:+15550177', 'bob-1 < Disconnected 0/0 by service', 'connection hears 2: alice, carol',
  ]);
  assert.equal(settled.record, undefined);

  const phone = new TestCall().answeredByApplication();
  phone.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  phone.find(bob);
  phone.command({ kind: 'accept', by: 'bob-1', isMuted: false });
  phone.legConnected('bob-1');
  const wish = { kind: 'transfer', by: 'connection', transferee: telephone, operation: { operationId: 'transfer' } } as const;
  assert.deepEqual(phone.command({ ...wish, target: carol.identifier }).lines, ['refused TRANSFER_IMPOSSIBLE'], 'the telephone network knows no users');
  assert.deepEqual(about(phone.command({ ...wish, target: '4:+15550177' }).lines, 'ok', 'line'), ['ok', 'line transfer in-1 to +15550177']);
  assert.deepEqual(heard(phone.line({ kind: 'transferEnded', lineId: 'in-1', status: 405 }).lines), ['connection hears transfer transferred nobody 405/560405 by platform'], 'it is not called from here');
  phone.command({ ...wish, target: '4:+15550177' });
  const gone = phone.line({ kind: 'transferEnded', lineId: 'in-1', status: 200 });
  assert.deepEqual(about(gone.lines, 'connection', 'line', 'bob'), ['bob-1 < -4:+15550100', 'connection hears transfer transferred 4:+15550100 to 4:+15550177', 'line hangUp in-1', 'connection hears 3: bob']);
  assert.equal(gone.record, undefined);
});

test('an application survives a restart, and snapshots of before there were any can be read', () => {
  const call = new TestCall().answeredByApplication();
  const snapshot = JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot;
  call.machine = CallMachine.restore(snapshot, call.options, call.now);
  assert.deepEqual(heard(call.line({ kind: 'held', lineId: 'in-1', isHeld: true }).lines), [`connection hears 2: ${telephone} held`]);
  const { applications: _none, ...old } = new TestCall().gather().machine.snapshot(call.now).model;
  assert.equal(CallMachine.restore({ ...new TestCall().gather().machine.snapshot(call.now), model: old }, call.options, call.now).viewFor(alice.endpointId)?.participants.length, 2);
});
