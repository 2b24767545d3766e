import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, bobsPhone, carol, description, groupId, reasonLine, TestCall } from './test-call.ts';

test('a group call opens its conference and connects everybody who joins', () => {
  const call = new TestCall();
  assert.deepEqual(call.command({ kind: 'join', joiner: alice, groupId, isMuted: true }).lines, [
    'ok Connecting', 'flow controller decided: media flows through the backend', 'media openConference', 'flow id2 > controller Connecting', 'media openLeg id3',
  ]);
  assert.deepEqual(call.command({ kind: 'join', joiner: bob, groupId, isMuted: false }).lines, [
    'ok Connecting', 'alice-1 < bob Connecting', 'flow id4 > controller Connecting', 'media openLeg id5',
  ]);
  assert.deepEqual(call.media({ kind: 'conferenceOpened', conferenceId: 'id1', process: 'media-0' }).lines, ['flow mediaProcessor > controller decided: conference opened']);
  assert.deepEqual(call.legConnected('alice-1').lines, [
    'alice-1 < Connected', 'bob-1 < alice Connected muted',
    'flow mediaProcessor > id2 media connected', 'flow controller > id2 Connected', 'alice-1 < session id3 backend connected',
  ]);
  const view = call.machine.viewFor('bob-1');
  assert.deepEqual([view?.kind, view?.topology, view?.direction, view?.groupId, view?.self.role], ['group', 'backend', 'Outgoing', groupId, 'Presenter']);
  assert.deepEqual(view?.participants, [
    { identifier: alice.identifier, displayName: 'Alice', endpointDetails: [{ participantId: 'id2' }], state: 'Connected', isMuted: true, role: 'Presenter', streams: [] },
  ]);
});

test('a user may be in a group call from two devices, and is one participant', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: true }).lines.slice(0, 3), ['ok Connecting', 'alice-1 < bob Connected', 'carol-1 < bob Connected']);
  const shown = call.machine.viewFor('alice-1')?.participants.find(({ identifier }) => identifier === bob.identifier);
  assert.deepEqual([shown?.endpointDetails.length, shown?.isMuted], [2, false]);
  call.command({ kind: 'hangUp', by: 'bob-1', forEveryone: false });
  assert.deepEqual(call.machine.viewFor('alice-1')?.participants.map(({ identifier }) => identifier), [bob.identifier, carol.identifier]);
  call.command({ kind: 'hangUp', by: 'bob-2', forEveryone: false });
  assert.deepEqual(call.machine.viewFor('alice-1')?.participants.map(({ identifier }) => identifier), [carol.identifier]);
});

test('hands are up in the order they were raised', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'bob-1', isHandRaised: true }).lines, [
    'ok Connected', 'alice-1 < bob Connected hand 1', 'bob-1 < self Presenter hand 1', 'carol-1 < bob Connected hand 1',
  ]);
  call.command({ kind: 'updateSelf', by: 'alice-1', isHandRaised: true });
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'bob-1', isHandRaised: true }).lines, ['ok Connected'], 'it keeps its place');
  assert.deepEqual(call.command({ kind: 'lowerHands', by: 'carol-1', targets: [bob.identifier, '8:nobody'] }).lines, [
    'ok',
    'alice-1 < self Presenter hand 1', 'alice-1 < bob Connected',
    'bob-1 < self Presenter', 'bob-1 < alice Connected hand 1',
    'carol-1 < alice Connected hand 1, bob Connected',
  ]);
  assert.deepEqual(call.command({ kind: 'lowerHands', by: 'carol-1' }).lines, [
    'ok', 'alice-1 < self Presenter', 'bob-1 < alice Connected', 'carol-1 < alice Connected',
  ]);
});

test('a reaction is seen by everybody else', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'react', by: 'bob-1', reactionType: 'heart' }).lines, ['ok', 'alice-1 < heart of bob', 'carol-1 < heart of bob']);
});

test('one mutes another, or everybody else; they unmute themselves', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'mute', by: 'alice-1', target: bob.identifier }).lines, [
    'ok', 'alice-1 < bob Connected muted', 'bob-1 < self Presenter muted by alice', 'carol-1 < bob Connected muted',
    'media setMuted id5', 'flow id2 > id4 decided: muted',
  ]);
  assert.deepEqual(call.command({ kind: 'mute', by: 'alice-1' }).lines, [
    'ok', 'alice-1 < carol Connected muted', 'bob-1 < carol Connected muted', 'carol-1 < self Presenter muted by alice',
    'media setMuted id7', 'flow id2 > id6 decided: muted',
  ]);
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'carol-1', isMuted: false }).lines, [
    'ok Connected', 'alice-1 < carol Connected', 'bob-1 < carol Connected', 'carol-1 < self Presenter', 'media setMuted id7',
  ]);
  assert.deepEqual(call.command({ kind: 'mute', by: 'alice-1', target: '8:nobody' }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(new TestCall().ring().answer().command({ kind: 'mute', by: 'alice-1' }).lines, ['refused CALL_NOT_GROUP']);
});

test('hold is local in a group: the others see the participant hold', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'hold', by: 'alice-1' }).lines, [
    'ok LocalHold', 'alice-1 < LocalHold', 'bob-1 < alice Hold', 'carol-1 < alice Hold', 'media setHeld id3', 'flow id2 > controller LocalHold',
  ]);
});

test('a role of a room limits what its holder may do to others', () => {
  const call = new TestCall().gather();
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
  call.command({ kind: 'join', joiner: dave, groupId, isMuted: false, role: 'Attendee' });
  call.legConnected('dave-1');
  assert.deepEqual(call.command({ kind: 'mute', by: 'dave-1' }).lines, ['refused ROLE_FORBIDS']);
  assert.deepEqual(call.command({ kind: 'lowerHands', by: 'dave-1' }).lines, ['refused ROLE_FORBIDS']);
  assert.deepEqual(call.command({ kind: 'addParticipant', by: 'dave-1', target: '8:acs:r_eve' }).lines, ['refused ROLE_FORBIDS']);
  assert.deepEqual(call.command({ kind: 'removeParticipant', by: 'dave-1', target: alice.identifier }).lines, ['refused ROLE_FORBIDS']);
  assert.deepEqual(call.command({ kind: 'hangUp', by: 'dave-1', forEveryone: true }).lines, ['refused ROLE_FORBIDS']);
  assert.equal(call.command({ kind: 'hangUp', by: 'dave-1', forEveryone: false }).result?.ok, true);
});

test('removing a participant ends its part with 0/5300', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'removeParticipant', by: 'alice-1', target: carol.identifier }).lines, [
    'ok', 'alice-1 < -carol', 'bob-1 < -carol',
    'media closeLeg id7', 'flow controller > id6 ended 0/5300 by alice', 'carol-1 < Disconnected 0/5300 by alice',
  ]);
  assert.deepEqual(call.command({ kind: 'removeParticipant', by: 'alice-1', target: carol.identifier }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(call.command({ kind: 'hold', by: 'carol-1' }).lines, ['refused CALL_ENDED']);
  assert.equal(call.command({ kind: 'join', joiner: carol, groupId, isMuted: false }).result?.ok, true, 'and it may come back');
});

test('an invitation can be taken back, and declined; the one who invited learns why', () => {
  const call = new TestCall().gather();
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave', displayName: 'Dave' };
  call.command({ kind: 'addParticipant', by: 'bob-1', target: dave.identifier });
  call.find(dave);
  assert.deepEqual(call.machine.viewFor('dave-1')?.caller, { identifier: bob.identifier, displayName: 'Bob' }, 'who invited is who calls');
  assert.deepEqual(call.command({ kind: 'reject', by: 'dave-1', reason: 'declined' }).lines, [
    'ok', 'alice-1 < -dave', 'bob-1 < -dave 603/0 by dave', 'carol-1 < -dave',
    'flow controller > id8 ended 603/0 by dave', 'dave-1 < Disconnected 603/0 by dave',
  ]);
  call.command({ kind: 'addParticipant', by: 'bob-1', target: dave.identifier });
  call.find(dave);
  assert.deepEqual(call.command({ kind: 'removeParticipant', by: 'alice-1', target: dave.identifier }).lines, [
    'ok', 'alice-1 < -dave', 'bob-1 < -dave 487/0 by alice', 'carol-1 < -dave',
    'flow controller > id9 ended 487/0 by alice', 'dave-1 < Disconnected 487/0 by alice',
  ]);
});

test('somebody who is rung and joins by the group id instead has answered', () => {
  const call = new TestCall();
  call.command({ kind: 'join', joiner: alice, groupId, isMuted: false });
  call.media({ kind: 'conferenceOpened', conferenceId: 'id1', process: 'media-0' });
  call.legConnected('alice-1');
  call.command({ kind: 'addParticipant', by: 'alice-1', target: bob.identifier });
  call.find(bob, bobsPhone);
  assert.deepEqual(call.command({ kind: 'join', joiner: bob, groupId, isMuted: false }).lines, [
    'ok Connecting', 'alice-1 < bob Connecting',
    'flow id4 > controller Connecting', 'media openLeg id7', 'flow controller > id5 ended 487/10003 by bob', 'bob-2 < Disconnected 487/10003 by bob',
  ]);
});

test('a leg that cannot be had costs its endpoint the call, with what the media processor found', () => {
  const closed = (reason: 'CONSENT_EXPIRED' | 'NO_COMMON_CODEC' | 'PORTS_EXHAUSTED', isConnected: boolean) => {
    const call = new TestCall();
    for (const joiner of [alice, bob]) call.command({ kind: 'join', joiner, groupId, isMuted: false });
    call.media({ kind: 'conferenceOpened', conferenceId: 'id1', process: 'media-0' });
    if (isConnected) call.legConnected('bob-1');
    const { outputs } = call.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'id5', state: 'closed', reason });
    const event = outputs.find((output) => output.kind === 'event' && output.endpointId === 'bob-1');
    return event?.kind === 'event' && event.event.type === 'callStateChanged' && event.event.endReason !== undefined ? reasonLine(event.event.endReason) : undefined;
  };
  assert.equal(closed('CONSENT_EXPIRED', true), undefined);
  assert.equal(closed('CONSENT_EXPIRED', false), '410/3112 by platform');
  assert.equal(closed('NO_COMMON_CODEC', true), '500/0 by platform');
  assert.equal(closed('PORTS_EXHAUSTED', true), '503/0 by platform');
});

test('an offer that is refused costs a connected member nothing, and who has no session yet the call', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: false });
  const refuse = (endpointId: string, reason: 'DESCRIPTION_INVALID' | 'LEG_NOT_FOUND') =>
    call.media({ kind: 'commandFailed', conferenceId: 'id1', command: 'describe', legId: call.session(endpointId, 'backend'), reason, sentence: 'It has no usable a=setup.' }).lines;
  assert.deepEqual(refuse('bob-1', 'DESCRIPTION_INVALID'), ['flow mediaProcessor > controller decided: describe failed']);
  assert.ok(refuse('bob-2', 'DESCRIPTION_INVALID').includes('bob-2 < Disconnected 500/0 by platform'));
  assert.ok(refuse('bob-1', 'LEG_NOT_FOUND').some((line) => line.startsWith('media openLeg')), 'it gets another session');
});

test('a connected member whose media is gone gets another session, within the reconnect window that has begun', () => {
  const call = new TestCall().gather();
  call.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'id5', state: 'interrupted' });
  call.pass(30_000);
  assert.deepEqual(call.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'id5', state: 'closed', reason: 'CONSENT_EXPIRED' }).lines, [
    'flow mediaProcessor > id4 media closed CONSENT_EXPIRED', 'media openLeg id8', 'bob-1 < session id8 backend negotiating', 'bob-1 < session id5 closed',
  ]);
  assert.deepEqual(call.media({ kind: 'commandFailed', conferenceId: 'id1', command: 'closeLeg', legId: 'id5', reason: 'LEG_NOT_FOUND' }).lines, []);
  assert.deepEqual(call.pass(89_999).lines, []);
  assert.ok(call.pass(1).lines.includes('bob-1 < Disconnected 410/301005 by bob'));
  const back = new TestCall().gather();
  back.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'id5', state: 'closed', reason: 'MEDIA_PROCESS_LOST' });
  back.legConnected('bob-1');
  back.pass(200_000);
  assert.ok(back.machine.endpoints().includes('bob-1'));
});

test('who joins but never connects is dropped after 40 s; the others stay', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: false });
  const { lines } = call.pass(40_000);
  assert.ok(lines.includes('bob-2 < Disconnected 408/10057 by bob'), lines.join('\n'));
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'bob-1', 'carol-1']);
});

test('joining is refused into a call of another kind, twice, and when it is full', () => {
  const join = (call: TestCall, joiner = carol) => call.command({ kind: 'join', joiner, groupId, isMuted: false }).lines[0];
  assert.equal(join(new TestCall().ring()), 'refused CALL_NOT_FOUND');
  assert.equal(join(new TestCall().gather()), 'refused CALL_STATE_CONFLICT');
  const full = new TestCall({ limits: { participants: 1 } });
  assert.equal(join(full), 'ok Connecting');
  assert.equal(join(full, alice), 'refused CALL_FULL');
  const bounded = new TestCall({ limits: { participations: 2 } });
  join(bounded);
  join(bounded, alice);
  bounded.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false });
  assert.equal(join(bounded, alice), 'refused CALL_FULL', 'the record has no room for another part');
});

test('the media processor speaks only for the conference of this call', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.media({ kind: 'conferenceFailed', conferenceId: 'another', reason: 'MEDIA_PROCESS_LOST' }).lines, []);
  assert.deepEqual(call.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'none', state: 'closed' }).lines, []);
  assert.deepEqual(call.media({ kind: 'legDescribed', conferenceId: 'id1', legId: 'none', description: description('answer', 1, 1) }).lines, []);
  assert.deepEqual(call.media({ kind: 'speakersChanged', conferenceId: 'another', speaking: [alice.identifier], dominant: [] }).lines, []);
});

test('the first offer of who calls several, and of who accepts, opens the leg', () => {
  const call = new TestCall();
  const { outputs } = call.command({ kind: 'start', caller: alice, targets: [bob.identifier, carol.identifier], isMuted: false, description: description('offer', 1) });
  const opened = outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'openLeg' ? [output.command.request] : []));
  assert.deepEqual(opened, [{ kind: 'webrtc', offer: description('offer', 1) }]);
  assert.equal(call.machine.viewFor('alice-1')?.mediaSessions[0]?.localRevision, 1);
});
