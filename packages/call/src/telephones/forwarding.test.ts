import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineEnd } from '@dialplane/telephony-api';
import { alice, bob, carol, TestCall } from '../test-call.ts';

const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));
const redirection = { by: bob.identifier, reason: 'unconditional' } as const;
const sentOnTo = (...identifiers: readonly string[]): LineEnd => ({ by: 'remote', status: 302, forwarded: { identifiers, redirection } });

/** Alice calls Bob, who has a SIP phone; the conference is open. */
function calling(...devices: readonly (typeof bob)[]): { readonly call: TestCall; readonly lineId: string } {
  const call = new TestCall({ hasPhones: (identifier) => identifier === bob.identifier });
  call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  call.legConnected('alice-1');
  call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: devices, phones: [{ deviceId: 'desk' }] });
  return { call, lineId: call.lineId };
}

test('where only a SIP phone rings, whom it sends the call on to is called in its user\'s place, on all devices', () => {
  const { call, lineId } = calling();
  const { lines } = call.line({ kind: 'ended', lineId, end: sentOnTo(carol.identifier) });
  assert.deepEqual(about(lines, 'alice', 'find', 'told', 'ended'), ['alice-1 < carol Connecting, -bob 487/10003 by bob', 'find carol', 'told: alice calls carol']);
  const { outputs } = call.input({ kind: 'endpointsFound', identifier: carol.identifier, isKnown: true, endpoints: [carol], phones: [{ deviceId: 'home' }] });
  assert.ok(outputs.some((output) => output.kind === 'event' && output.endpointId === 'carol-1' && output.event.type === 'incomingCall'));
  assert.deepEqual(outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'dial' ? [output.command.redirections] : [])), [[redirection]]);
  const answered = call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.deepEqual(about(answered.lines, 'alice-1 < Connected', 'line'), ['alice-1 < Connected', `line hangUp ${about(answered.lines, 'line')[0]?.split(' ').at(-1)}`]);
});

test('other devices of the user ring beside, and the first answer counts', () => {
  for (const [taker, other] of [['carol-1', 'bob-1'], ['bob-1', 'carol-1']] as const) {
    const { call, lineId } = calling(bob);
    call.line({ kind: 'ended', lineId, end: sentOnTo(carol.identifier) });
    call.find(carol);
    const { lines } = call.command({ kind: 'accept', by: taker, isMuted: false });
    assert.deepEqual(about(lines, other), [`${other} < Disconnected 487/10003 by ${taker === 'bob-1' ? 'bob' : 'carol'}`]);
    assert.deepEqual(call.machine.endpoints(), ['alice-1', taker]);
  }
});

test('in a group the same holds, and an application hears of whom it has asked for', () => {
  const call = new TestCall().answeredByApplication();
  call.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [bob], phones: [{ deviceId: 'desk' }] });
  const lineId = call.machine.lines().find((one) => one !== 'in-1') ?? '';
  call.line({ kind: 'ended', lineId, end: sentOnTo(carol.identifier) });
  call.find(carol);
  const { lines } = call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.deepEqual(about(lines, 'bob', 'connection'), ['bob-1 < Disconnected 487/10003 by carol']);
  assert.ok(call.legConnected('carol-1').lines.includes('connection hears add added carol'));
});

test('who is in the call already is not called again; round and round it goes ten times at most', () => {
  const { call, lineId } = calling();
  const { record } = call.line({ kind: 'ended', lineId, end: sentOnTo(alice.identifier) });
  assert.match(record?.endReason.message ?? '', /are in it, or called by it, already/);
  const { call: round, lineId: first } = calling();
  let ringing = first;
  for (let times = 0; times < 10; times += 1) {
    const next = times % 2 === 0 ? carol.identifier : bob.identifier;
    assert.equal(round.line({ kind: 'ended', lineId: ringing, end: sentOnTo(next) }).record, undefined);
    round.input({ kind: 'endpointsFound', identifier: next, isKnown: true, endpoints: [], phones: [{ deviceId: 'desk' }] });
    ringing = round.lineId;
  }
  assert.match(round.line({ kind: 'ended', lineId: ringing, end: sentOnTo(carol.identifier) }).record?.endReason.message ?? '', /more than 10 times/);
});
