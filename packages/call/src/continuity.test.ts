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
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false }, 'y').lines, ['ok'], 'also after the end');
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

test('an id that was used for another request is refused, also by the restored call', () => {
  const call = new TestCall().ring().answer();
  const mute = (digest: string) => call.command({ kind: 'updateSelf', by: 'alice-1', isMuted: true, digest }, 'x').lines;
  assert.equal(mute('one')[0], 'ok Connected');
  assert.deepEqual(mute('another'), ['refused REQUEST_ID_REUSED']);
  call.machine = CallMachine.restore(call.machine.snapshot(call.now), call.options, call.now);
  assert.deepEqual(mute('another'), ['refused REQUEST_ID_REUSED']);
  assert.deepEqual(mute('one'), ['ok Connected']);
});

test('a snapshot repeats none of its parts: descriptions and older commands are texts that never change', () => {
  const call = new TestCall({ limits: { rememberedCommands: 640 } }).ring().answer();
  const texts = new Map<string, string>();
  const read = (): CallSnapshot => {
    const snapshot = call.machine.snapshot(call.now);
    for (const [name, text] of Object.entries(snapshot.parts)) {
      assert.equal(texts.get(name) ?? text, text, name);
      texts.set(name, text);
    }
    return snapshot;
  };
  const { parts, ...rest } = read();
  assert.deepEqual(Object.keys(parts).map((name) => name.split('/').slice(1).join('/')), ['local/1', 'local/1']);
  assert.ok(!JSON.stringify(rest).includes('v=0'));
  const most = Math.max(...Array.from({ length: 2000 }, (_none, index) => {
    call.command({ kind: 'updateSelf', by: 'alice-1', isMuted: index % 2 === 0 }, `mute ${index}`);
    return index % 7 === 0 ? JSON.stringify({ ...read(), parts: {} }).length : 0;
  }));
  assert.ok(most < JSON.stringify(rest).length + 2000, `${most} characters`);
  assert.ok(Object.keys(read().parts).length <= 2 + 64, 'forgotten commands are no longer there');
  call.machine = CallMachine.restore(read(), call.options, call.now);
  const lines = (id: string) => call.command({ kind: 'updateSelf', by: 'alice-1', isMuted: true }, id).lines;
  assert.deepEqual(lines('mute 1400'), ['ok Connected'], 'of a part: remembered, although it would be a change');
  assert.deepEqual(lines('mute 1998'), ['ok Connected']);
  assert.ok(lines('mute 3').length > 1, 'forgotten');
});

test('a snapshot without one of its parts, or of another version, is refused', () => {
  const call = new TestCall().ring().answer();
  const snapshot = call.machine.snapshot(call.now);
  assert.throws(() => CallMachine.restore({ ...snapshot, parts: {} }, call.options, call.now), /lacks its part/);
  assert.throws(() => CallMachine.restore({ ...snapshot, version: 2 as 3 }, call.options, call.now), /version 2/);
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

test('a restored call asks again for the endpoints it was waiting for, and tells applications again', () => {
  const call = new TestCall();
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  call.machine = CallMachine.restore(call.machine.snapshot(call.now), call.options, call.now);
  assert.deepEqual(call.machine.poll(), { kind: 'findEndpoints', identifier: bob.identifier });
  assert.equal(call.machine.poll()?.kind, 'userCalled');
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
