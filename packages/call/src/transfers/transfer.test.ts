import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endReason } from '@dialplane/calling-api';
import type { CallOutput } from '../index.ts';
import { alice, bob, carol, description, telephone, TestCall } from '../test-call.ts';

const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));
const other = '4:+15550101';

/** The transfer id of a command that was accepted. */
function transferOf(outcome: { readonly result: { readonly ok: boolean } | undefined }): string {
  const { result } = outcome as { result: Extract<CallOutput, { kind: 'result' }>['result'] | undefined };
  return result?.ok === true ? (result.transferId ?? '') : assert.fail('refused');
}

/** The other telephone is shown what this one is. */
const toTelephone = (call: TestCall) => call.command({ kind: 'transfer', by: 'alice-1', target: other });

test('a telephone is asked to call another number by itself; when it has, the call is over', () => {
  const call = new TestCall();
  const lineId = call.dial();
  call.line({ kind: 'routed', lineId, trunk: 'north', why: 'first' });
  call.line({ kind: 'answered', lineId });
  assert.deepEqual(about(toTelephone(call).lines, 'ok', 'line', 'alice'), ['ok', 'alice-1 < transfer Transferring', `line transfer ${lineId} to +15550101`]);
  assert.deepEqual(toTelephone(call).lines, ['refused TRANSFER_IMPOSSIBLE']);
  call.line({ kind: 'transferProgress', lineId, status: 180 });
  const { lines, record } = call.line({ kind: 'transferEnded', lineId, status: 200 });
  assert.deepEqual(about(lines, 'line', 'alice'), ['alice-1 < transfer Transferred', 'alice-1 < Disconnected 0/0 by alice', `line hangUp ${lineId}`]);
  assert.equal(record?.endReason.message, 'The call was transferred.');
});

test('a telephone that takes no transfers is bridged: the number is called from here, and the transferor leaves when it answers', () => {
  const call = new TestCall();
  const lineId = call.dial();
  call.line({ kind: 'routed', lineId, trunk: 'north', why: 'first' });
  call.line({ kind: 'answered', lineId });
  toTelephone(call);
  const fallsBack = call.line({ kind: 'transferEnded', lineId, status: 405, reasonText: 'Method Not Allowed' });
  const [dialled] = about(fallsBack.lines, 'line dial');
  assert.match(dialled ?? '', /\+15550101 as \+15550199 for 4:\+15550100 in/);
  const histories = fallsBack.outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'dial' ? [output.command.redirections] : []));
  assert.deepEqual(histories, [[{ by: '4:+15550199', reason: 'deflection' }]], 'the call was at this number before');
  const second = call.machine.lines().find((line) => line !== lineId) ?? '';
  const { lines, record } = call.line({ kind: 'answered', lineId: second });
  assert.deepEqual(about(lines, 'line', 'alice'), ['alice-1 < transfer Transferred', 'alice-1 < Disconnected 0/0 by alice']);
  assert.equal(record, undefined, 'the two telephones talk on');
  assert.equal(call.line({ kind: 'ended', lineId, end: { by: 'remote' } }).record?.kind, 'oneToOne');
});

test('a transfer that comes to nothing leaves the call as it was', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  const id = transferOf(call.command({ kind: 'transfer', by: 'alice-1', target: carol.identifier }));
  assert.ok(id !== '');
  call.find(carol);
  const { lines, record } = call.command({ kind: 'reject', by: 'carol-1', reason: 'declined' });
  assert.deepEqual(about(lines, 'alice'), ['alice-1 < -carol', 'alice-1 < transfer Failed 603/0']);
  assert.equal(record, undefined);
  assert.deepEqual(about(call.command({ kind: 'hold', by: 'alice-1' }).lines, 'line'), [`line hold ${lineId}`], 'still a 1:1 call');
  const late = new TestCall();
  late.dialled();
  late.command({ kind: 'transfer', by: 'alice-1', target: carol.identifier });
  late.find(carol);
  assert.deepEqual(about(late.pass(85_000).lines, 'alice', 'carol'), ['alice-1 < -carol', 'carol-1 < Disconnected 487/10004 by platform', 'alice-1 < transfer Failed 487/10004']);
});

test('a telephone is transferred to a user: who rings is told of both, and the telephone stays where it is', () => {
  const call = new TestCall();
  call.dialled();
  call.command({ kind: 'hold', by: 'alice-1' });
  call.command({ kind: 'transfer', by: 'alice-1', target: carol.identifier, customContext: { userToUser: 'ticket 7' } });
  call.find(carol);
  const view = call.machine.viewFor('carol-1');
  assert.deepEqual([view?.caller.identifier, view?.transferor, view?.customContext], [telephone, { identifier: alice.identifier, displayName: 'Alice' }, { userToUser: 'ticket 7' }]);
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false, description: description('offer', 1) });
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'carol-1'], 'the transferor stays until the other side is connected');
  const { lines } = call.legConnected('carol-1');
  assert.deepEqual(about(lines, 'alice', 'line'), ['alice-1 < transfer Transferred', 'alice-1 < Disconnected 0/0 by alice', 'line resume id4']);
  assert.deepEqual(call.machine.endpoints(), ['carol-1']);
});

test('between users the other client is asked to call; the call ends when that call is answered, and goes on when it is not', () => {
  const call = new TestCall().ring().answer();
  const asked = call.command({ kind: 'transfer', by: 'alice-1', target: carol.identifier });
  const transferId = transferOf(asked);
  assert.deepEqual(about(asked.lines, 'alice', 'bob'), ['alice-1 < transfer Transferring', 'bob-1 < is to call carol']);
  assert.equal(call.machine.transferAsked('alice-1', transferId), undefined);
  assert.equal(call.machine.transferAsked('bob-1', transferId)?.target, carol.identifier);
  call.input({ kind: 'transferTaken', transferId, callId: 'new' });
  assert.equal(call.machine.transferAsked('bob-1', transferId), undefined, 'once');
  const { record, lines } = call.input({ kind: 'transferSettled', transferId });
  assert.deepEqual(about(lines, 'alice', 'bob'), ['alice-1 < transfer Transferred', 'alice-1 < Disconnected 0/0 by alice', 'bob-1 < Disconnected 0/0 by alice']);
  assert.equal(record?.endReason.message, 'The call was transferred.');
  const slow = new TestCall().ring().answer();
  slow.command({ kind: 'transfer', by: 'alice-1', target: carol.identifier });
  assert.deepEqual(about(slow.pass(15_000).lines, 'alice'), ['alice-1 < transfer Failed 487/10004'], 'nobody took it');
});

test('the call that carries a transfer out says what became of it', () => {
  const start = () => {
    const call = new TestCall();
    call.command({ kind: 'start', caller: bob, targets: [carol.identifier], isMuted: false, transfer: { callId: 'old', transferId: 't' }, transferor: { identifier: alice.identifier } });
    call.find(carol);
    return call;
  };
  const call = start();
  assert.deepEqual(call.machine.viewFor('carol-1')?.transferor, { identifier: alice.identifier });
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  const { lines } = call.command({ kind: 'reportMedia', by: 'carol-1', mediaSessionId: call.session('carol-1'), state: 'connected' });
  assert.deepEqual(about(lines, 'settled'), ['settled t of old']);
  assert.deepEqual(about(start().command({ kind: 'reject', by: 'carol-1', reason: 'declined' }).lines, 'settled'), ['settled t of old failed 603/0 by carol']);
});

test('an attended transfer hands the other side over to another call, where they come in the place of the transferor', () => {
  const first = new TestCall().ring().answer();
  const asked = first.command({ kind: 'transfer', by: 'alice-1', targetCallId: 'second' });
  assert.deepEqual(about(asked.lines, 'hand'), ['hand bob over to second in place of alice-1']);
  const handed = asked.outputs.find((output) => output.kind === 'handOver') ?? assert.fail();
  const second = new TestCall();
  second.command({ kind: 'start', caller: alice, targets: [telephone], isMuted: false });
  second.media({ kind: 'conferenceOpened', conferenceId: second.conferenceId, process: 'media-0' });
  second.legConnected('alice-1');
  second.line({ kind: 'answered', lineId: second.lineId });
  const rung = second.input({ kind: 'takeOver', transfer: { callId: 'first', transferId: transferOf(asked) }, by: 'alice-1', transferee: handed.transferee, way: 'refer' });
  assert.deepEqual(about(rung.lines, 'find', 'bob'), ['bob-1 < incomingCall from alice oneToOne backend'], 'where they are, and nowhere else');
  assert.deepEqual(second.machine.viewFor('bob-1')?.transfer, { callId: 'first', transferId: transferOf(asked) });
  second.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('offer', 1) });
  const { lines } = second.legConnected('bob-1');
  assert.deepEqual(about(lines, 'alice-1 < Disconnected', 'settled'), [`settled ${transferOf(asked)} of first`, 'alice-1 < Disconnected 0/0 by alice']);
  assert.deepEqual(second.machine.endpoints(), ['bob-1']);
  const refused = second.input({ kind: 'takeOver', transfer: { callId: 'x', transferId: 'y' }, by: 'alice-1', transferee: handed.transferee, way: 'refer' });
  assert.match(about(refused.lines, 'settled')[0] ?? '', /failed 500/);
});

test('a telephone moves to the other call with its line, and is not hung up by the first', () => {
  const first = new TestCall();
  const lineId = first.dialled();
  const asked = first.command({ kind: 'transfer', by: 'alice-1', targetCallId: 'second' });
  const handed = asked.outputs.find((output) => output.kind === 'handOver') ?? assert.fail();
  const second = new TestCall().ring().answer();
  assert.deepEqual(about(second.input({ kind: 'takeOver', transfer: { callId: 'first', transferId: 't' }, by: 'alice-1', transferee: handed.transferee, way: 'refer' }).lines, 'media', 'line'), ['media openConference']);
  const { lines } = second.media({ kind: 'conferenceOpened', conferenceId: second.conferenceId, process: 'media-0' });
  assert.match(about(lines, 'line')[0] ?? '', new RegExp(`^line connect ${lineId} in`));
  assert.deepEqual(about(lines, 'settled'), ['settled t of first']);
  assert.deepEqual(second.machine.endpoints(), ['bob-1'], 'the transferor has left');
  assert.deepEqual(about(first.input({ kind: 'transferSettled', transferId: transferOf(asked) }).lines, 'line'), []);
});

test('two telephones of one trunk are connected by it, where it does that; else their calls are joined', () => {
  const onTrunk = (trunk: string) => {
    const call = new TestCall();
    const lineId = call.dialled();
    call.line({ kind: 'routed', lineId, trunk, why: '' });
    return { call, lineId };
  };
  const handedTo = (outcome: ReturnType<TestCall['input']>) => outcome.outputs.find((output) => output.kind === 'handOver') ?? assert.fail();
  const referralOf = ({ outputs }: ReturnType<TestCall['input']>) => outputs.flatMap((output) => (output.kind === 'transferSettled' ? [output.referral] : []))[0];
  const [first, second] = [onTrunk('north'), onTrunk('north')];
  const asked = first.call.command({ kind: 'transfer', by: 'alice-1', targetCallId: 'second' });
  const [transferId, { transferee, way }] = [transferOf(asked), handedTo(asked)];
  const taking = { kind: 'takeOver', transfer: { callId: 'first', transferId }, by: 'alice-1', transferee } as const;
  const referral = referralOf(second.call.input({ ...taking, transferee: { ...transferee, identifier: '4:+15550101' }, way })) ?? assert.fail();
  assert.deepEqual(referral, { lineId: second.lineId, number: '+15550100' });
  assert.equal(referralOf(onTrunk('south').call.input({ ...taking, transferee: { ...transferee, identifier: '4:+15550101' }, way })), undefined);
  const referred = first.call.input({ kind: 'transferSettled', transferId, referral }).outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'transfer' ? [output.command] : []));
  assert.deepEqual(referred, [{ kind: 'transfer', lineId: first.lineId, target: { kind: 'number', number: '+15550100' }, replacesLineId: second.lineId }]);
  const refused = handedTo(first.call.line({ kind: 'transferEnded', lineId: first.lineId, status: 405 }));
  assert.equal(refused.way, 'join');
  assert.equal(referralOf(second.call.input({ ...taking, transferee: { ...transferee, identifier: '4:+15550101' }, way: 'join' })), undefined);
  first.call.input({ kind: 'transferSettled', transferId, referral });
  assert.deepEqual(about(first.call.line({ kind: 'transferEnded', lineId: first.lineId, status: 200 }).lines, 'alice-1 < Disconnected'), ['alice-1 < Disconnected 0/0 by alice']);
});

test('a telephone transfers by itself: the target is called from here, the telephone is told how it goes, and leaves', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  const asked = call.line({ kind: 'transferRequested', lineId, target: { kind: 'user', identifier: carol.identifier } });
  assert.deepEqual(about(asked.lines, 'line', 'find'), [`line report ${lineId} 100`, 'find carol']);
  assert.deepEqual(about(call.line({ kind: 'transferRequested', lineId, target: { kind: 'number', number: '+15550101' } }).lines, 'line'), [`line report ${lineId} 603`], 'one at a time');
  call.find(carol);
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.deepEqual(about(call.legConnected('carol-1').lines, 'line', 'alice-1 < -'), [`line report ${lineId} 200`, `line hangUp ${lineId}`]);
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'carol-1']);
  const dialling = new TestCall();
  const from = dialling.dialled();
  dialling.line({ kind: 'routed', lineId: from, trunk: 'carrier.example', callerId: '+15550100', why: 'route everything' });
  const onward = dialling.line({ kind: 'transferRequested', lineId: from, target: { kind: 'number', number: '+15550101' } }).outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'dial' ? [output.command.target] : []));
  assert.deepEqual(onward, [{ kind: 'number', number: '+15550101', callerId: '+15550100' }], 'shown as the telephone of this call is');
  const replaced = new TestCall();
  const line = replaced.dialled();
  assert.deepEqual(about(replaced.line({ kind: 'transferRequested', lineId: line, target: { kind: 'number', number: '+15550101' }, replacesLineId: 'line-2' }).lines, 'hand'), ['hand alice over to line-2 in place of ' + line]);
});

test('of several, a client names who is transferred: they call the target and leave, and the others stay', () => {
  const call = new TestCall().gather();
  const dave = '8:acs:r_dave';
  const say = (wish: object) => call.command({ kind: 'transfer', by: 'alice-1', ...wish });
  assert.deepEqual(say({ target: dave, transferee: alice.identifier }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(say({ target: dave, transferee: dave }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(say({ target: carol.identifier, transferee: bob.identifier }).lines, ['refused TARGET_INVALID']);
  const asked = say({ target: dave, transferee: bob.identifier });
  assert.deepEqual(about(asked.lines, 'ok', 'alice', 'bob', 'carol'), ['ok', 'alice-1 < transfer Transferring', 'bob-1 < is to call dave']);
  call.input({ kind: 'transferTaken', transferId: transferOf(asked), callId: 'onward' });
  const { lines, record } = call.input({ kind: 'transferSettled', transferId: transferOf(asked) });
  assert.deepEqual(about(lines, 'alice', 'bob', 'carol'), ['alice-1 < -bob', 'carol-1 < -bob', 'alice-1 < transfer Transferred', 'bob-1 < Disconnected 0/0 by alice']);
  assert.equal(record, undefined);
  const declined = say({ target: dave, transferee: carol.identifier });
  const failure = endReason('declined', dave);
  assert.deepEqual(about(call.input({ kind: 'transferSettled', transferId: transferOf(declined), failure }).lines, 'alice', 'carol'), ['alice-1 < transfer Failed 603/0']);
});

test('one of several is handed over to another call of the transferor, and their telephone too', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  call.find(carol);
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  call.legConnected('carol-1');
  assert.deepEqual(call.command({ kind: 'transfer', by: 'alice-1', target: bob.identifier, transferee: telephone }).lines, ['refused TRANSFER_IMPOSSIBLE']);
  const asked = call.command({ kind: 'transfer', by: 'alice-1', targetCallId: 'other', transferee: telephone });
  assert.deepEqual(about(asked.lines, 'hand'), [`hand ${telephone} over to other in place of alice-1`]);
  const { lines, record } = call.input({ kind: 'transferSettled', transferId: transferOf(asked) });
  assert.deepEqual(about(lines, 'line', 'alice-1 < transfer'), ['alice-1 < transfer Transferred'], `its line ${lineId} is the other call's`);
  assert.equal(record, undefined);
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'carol-1']);
});

test('only a connected call of two is transferred without naming somebody, to somebody who is not in it', () => {
  const say = (call: TestCall, wish: object) => call.command({ kind: 'transfer', by: 'alice-1', ...wish }).lines;
  const target = { target: carol.identifier };
  assert.deepEqual(say(new TestCall().ring(), target), ['refused TRANSFER_IMPOSSIBLE']);
  assert.deepEqual(say(new TestCall().gather(), { target: '8:acs:r_dave' }), ['refused TRANSFER_IMPOSSIBLE']);
  const call = new TestCall().ring().answer();
  assert.deepEqual(say(call, {}), ['refused TARGET_INVALID']);
  assert.deepEqual(say(call, { ...target, targetCallId: 'other' }), ['refused TARGET_INVALID']);
  assert.deepEqual(say(call, { target: bob.identifier }), ['refused TARGET_INVALID']);
  assert.deepEqual(say(call, { targetCallId: 'call' }), ['refused TARGET_INVALID']);
});
