import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaStreamType, RoomRole } from '@dialplane/calling-api';
import { CallMachine } from '../index.ts';
import { alice, bob, carol, description, service, telephone, TestCall, type Outcome } from '../test-call.ts';

const roomId = '99123456789012345';

/** Alice presents, Bob attends, Carol only watches; all are connected. */
function gatherInRoom(pstnDialOutEnabled = false): TestCall {
  const call = new TestCall();
  const people = [[alice, 'Presenter'], [bob, 'Attendee'], [carol, 'Consumer']] as const;
  for (const [joiner, role] of people) call.command({ kind: 'join', joiner, role, roomId, pstnDialOutEnabled, isMuted: false });
  call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  for (const [{ endpointId }] of people) call.legConnected(endpointId);
  return call;
}

function change(call: TestCall, roles: Readonly<Record<string, RoomRole>>, pstnDialOutEnabled = false): Outcome {
  return call.input({ kind: 'roomChanged', pstnDialOutEnabled, roles });
}

const everybody = { [alice.identifier]: 'Presenter', [bob.identifier]: 'Attendee', [carol.identifier]: 'Consumer' } as const;

function sending(...types: MediaStreamType[]) {
  return { ...description('offer', 1), streams: types.map((mediaStreamType, index) => ({ mid: String(index), mediaStreamType })) };
}

test('the call of a room has its own kind, is named after it, and each knows what they may do', () => {
  const call = gatherInRoom();
  const shown = [alice, bob, carol].map(({ endpointId }) => call.machine.viewFor(endpointId));
  assert.deepEqual(shown.map((view) => [view?.kind, view?.roomId, view?.groupId, view?.topology, view?.self.role]), [
    ['room', roomId, undefined, 'backend', 'Presenter'], ['room', roomId, undefined, 'backend', 'Attendee'], ['room', roomId, undefined, 'backend', 'Consumer'],
  ]);
  assert.deepEqual(shown.map((view) => view?.self.permissions), [
    ['unmuteMic', 'turnVideoOn', 'raiseHand', 'useReactions', 'shareScreen', 'addCommunicationUser', 'removeParticipant', 'muteOthers', 'spotlightParticipant', 'hangUpForEveryOne'],
    ['unmuteMic', 'turnVideoOn', 'raiseHand', 'useReactions'], [],
  ]);
  assert.equal(shown[2]?.self.isMuted, true, 'who only watches comes in muted');
  assert.deepEqual(call.command({ kind: 'join', joiner: { endpointId: 'eve-1', identifier: '8:acs:r_eve' }, roomId: '99', pstnDialOutEnabled: false, isMuted: true }).lines, ['refused CALL_NOT_FOUND']);
});

test('what a role does not permit is refused', () => {
  const call = gatherInRoom();
  const session = (endpointId: string): string => call.machine.viewFor(endpointId)?.mediaSessions[0]?.mediaSessionId ?? '';
  const first = (command: Parameters<TestCall['command']>[0]): string | undefined => call.command(command).lines[0];
  const describe = (by: string, ...types: MediaStreamType[]) => first({ kind: 'describe', by, mediaSessionId: session(by), description: sending(...types) });
  const forbidden = 'refused ROLE_FORBIDS';
  assert.deepEqual([describe('carol-1', 'Audio', 'Video'), describe('bob-1', 'ScreenSharing'), describe('bob-1', 'Audio', 'Video'), describe('alice-1', 'ScreenSharing')], [forbidden, forbidden, 'ok', 'ok']);
  assert.deepEqual([
    first({ kind: 'updateSelf', by: 'carol-1', isMuted: false }), first({ kind: 'updateSelf', by: 'carol-1', isHandRaised: true }), first({ kind: 'react', by: 'carol-1', reactionType: 'like' }),
    first({ kind: 'mute', by: 'bob-1' }), first({ kind: 'removeParticipant', by: 'bob-1', target: alice.identifier }), first({ kind: 'startSpotlight', by: 'bob-1', targets: [bob.identifier] }),
    first({ kind: 'hangUp', by: 'bob-1', forEveryone: true }), first({ kind: 'lowerHands', by: 'bob-1' }), first({ kind: 'addParticipant', by: 'bob-1', target: '8:acs:r_eve', role: 'Attendee' }),
  ], Array.from({ length: 9 }, () => forbidden));
  assert.equal(first({ kind: 'transfer', by: 'alice-1', target: '8:acs:r_eve', transferee: bob.identifier }), 'refused TRANSFER_IMPOSSIBLE');
  assert.equal(first({ kind: 'updateSelf', by: 'bob-1', isHandRaised: true }), 'ok Connected');
});

test('the media processor is told what a leg may send, again after it was lost', () => {
  const call = gatherInRoom();
  const sendable = (outcome: Outcome): unknown[] => outcome.outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'setSendable' ? [output.command.streams] : []));
  assert.deepEqual(sendable(call.media({ kind: 'conferenceFailed', conferenceId: call.conferenceId, reason: 'MEDIA_PROCESS_LOST' })), [['Audio', 'Video'], []]);
  const promoted = change(call, { ...everybody, [bob.identifier]: 'Collaborator' });
  assert.deepEqual(sendable(promoted), [['Audio', 'Video', 'ScreenSharing']]);
});

test('a change of role takes effect in the running call', () => {
  const call = gatherInRoom();
  call.command({ kind: 'describe', by: 'bob-1', mediaSessionId: call.machine.viewFor('bob-1')?.mediaSessions[0]?.mediaSessionId ?? '', description: sending('Audio', 'Video') });
  call.command({ kind: 'updateSelf', by: 'bob-1', isHandRaised: true });
  const { lines } = change(call, { ...everybody, [bob.identifier]: 'Consumer' });
  assert.deepEqual(lines.filter((line) => line.startsWith('bob-1') || line.startsWith('alice-1')), ['alice-1 < bob Connected muted sends Audio', 'bob-1 < self Consumer muted']);
  assert.ok(lines.some((line) => line.includes('decided: 8:acs:r_bob is Consumer')), lines.join('\n'));
  assert.ok(lines.includes('media setMuted id5') && lines.includes('media setSendable id5'), lines.join('\n'));
  assert.equal(call.command({ kind: 'updateSelf', by: 'bob-1', isMuted: false }).lines[0], 'refused ROLE_FORBIDS');
  change(call, everybody);
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'bob-1', isMuted: false }).lines[0], 'ok Connected');
  assert.deepEqual(change(call, everybody).lines, [], 'what is so already is no news');
});

test('who is taken off the list leaves with 0/5317, and the room goes on', () => {
  const call = gatherInRoom();
  const { [bob.identifier]: _bob, ...others } = everybody;
  const { lines } = change(call, others);
  assert.ok(lines.includes('bob-1 < Disconnected 0/5317 by platform') && lines.includes('alice-1 < -bob'), lines.join('\n'));
  const { record } = change(call, {});
  assert.deepEqual([record?.kind, record?.roomId, record?.endReason.subCode], ['room', roomId, 5317]);
});

test('telephones are called where the room is for it, by presenters and applications', () => {
  const closed = gatherInRoom();
  closed.command({ kind: 'attachApplication', application: service });
  const add = (call: TestCall, by: string, target = telephone) => call.command({ kind: 'addParticipant', by, target, alternateCallerId: '4:+15550199' }).lines[0];
  assert.deepEqual([add(closed, 'alice-1'), add(closed, 'connection'), add(closed, 'bob-1')], ['refused ROOM_DIAL_OUT_DISABLED', 'refused ROOM_DIAL_OUT_DISABLED', 'refused ROLE_FORBIDS']);
  assert.deepEqual([add(closed, 'alice-1', '8:acs:r_eve'), add(closed, 'connection', '8:acs:r_eve')], ['refused ROOM_NOT_INVITED', 'refused ROOM_NOT_INVITED'], 'users come by the list alone');
  assert.ok(change(closed, everybody, true).lines.some((line) => line === 'alice-1 < self Presenter'), 'what she may do is another');
  assert.equal(closed.machine.viewFor('alice-1')?.self.permissions?.includes('addPhoneNumber'), true);
  assert.equal(add(closed, 'bob-1'), 'refused ROLE_FORBIDS');
  assert.match(add(closed, 'alice-1') ?? '', /^ok /);
  assert.equal(closed.machine.viewFor('bob-1')?.participants.find(({ identifier }) => identifier === telephone)?.role, 'Unknown', 'a telephone has no role');
  assert.equal(closed.machine.viewFor('bob-1')?.kind, 'room');
  change(closed, everybody, true);
  assert.ok(closed.machine.viewFor('bob-1')?.participants.some(({ identifier }) => identifier === telephone), 'and is on no list');
});

test('who is invited can be rung by a presenter, and comes in their role', () => {
  const call = gatherInRoom();
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
  call.command({ kind: 'addParticipant', by: 'alice-1', target: dave.identifier, role: 'Consumer' });
  call.input({ kind: 'endpointsFound', identifier: dave.identifier, isKnown: true, endpoints: [dave] });
  assert.equal(call.command({ kind: 'accept', by: 'dave-1', isMuted: false, description: sending('Audio', 'Video') }).lines[0], 'ok Connecting');
  const view = call.machine.viewFor('dave-1');
  assert.deepEqual([view?.self.role, view?.self.isMuted, call.machine.viewFor('bob-1')?.participants.find(({ identifier }) => identifier === dave.identifier)?.streams], ['Consumer', true, ['Audio']]);
});

test('a room outlives a restart', () => {
  const call = gatherInRoom();
  const restored = CallMachine.restore(JSON.parse(JSON.stringify(call.machine.snapshot(call.now))), call.options, call.now);
  assert.deepEqual(restored.viewFor('bob-1'), call.machine.viewFor('bob-1'));
});

test('a SIP phone of somebody who only watches is not heard, whatever key it presses; and nobody is sent on into a room', () => {
  const call = gatherInRoom(true);
  const dave = '8:acs:r_dave';
  call.command({ kind: 'addParticipant', by: 'alice-1', target: dave, role: 'Consumer' });
  call.input({ kind: 'endpointsFound', identifier: dave, isKnown: true, endpoints: [], phones: [{ deviceId: 'desk' }], isOffered: true });
  assert.deepEqual(call.command({ kind: 'decide', by: 'offer', identifier: dave, decision: { kind: 'redirect', target: { kind: 'user', identifier: '8:acs:r_eve' } } }).lines, ['refused CALL_STATE_CONFLICT']);
  const { lineId } = call;
  const muted = (outcome: Outcome): unknown[] => outcome.outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'setMuted' ? [output.command.isMuted] : []));
  assert.deepEqual(muted(call.line({ kind: 'answered', lineId })), [true]);
  for (const tone of ['*', '6']) assert.deepEqual(muted(call.line({ kind: 'dtmf', lineId, tone })), []);
  assert.equal(call.machine.viewFor('bob-1')?.participants.find(({ identifier }) => identifier === dave)?.isMuted, true);
  change(call, { ...everybody, [dave]: 'Attendee' });
  assert.deepEqual(['*', '6'].flatMap((tone) => muted(call.line({ kind: 'dtmf', lineId, tone }))), [false]);
});
