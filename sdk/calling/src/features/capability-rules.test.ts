import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permission } from '@dialplane/calling-api';
import type { ParticipantCapabilityName } from '../public/capabilities.ts';
import { resolveCapabilities } from './capability-rules.ts';

const present = (capabilities: ReturnType<typeof resolveCapabilities>): ParticipantCapabilityName[] =>
  (Object.keys(capabilities) as ParticipantCapabilityName[]).filter((name) => capabilities[name].isPresent).sort();

test('before the server has answered nothing is known, under all 25 names', () => {
  const capabilities = resolveCapabilities(undefined);
  assert.equal(Object.keys(capabilities).length, 25);
  assert.deepEqual([...new Set(Object.values(capabilities).map(({ reason }) => reason))], ['NotInitialized']);
});

test('a 1:1 call has no moderation of many', () => {
  const capabilities = resolveCapabilities({ kind: 'oneToOne', topology: 'peerToPeer', self: { role: 'Unknown' } });
  assert.deepEqual(present(capabilities), [
    'addCommunicationUser', 'raiseHand', 'realTimeText', 'removeParticipant', 'shareScreen', 'turnVideoOn', 'unmuteMic', 'useReactions', 'viewAttendeeNames',
  ]);
  assert.deepEqual(capabilities.muteOthers, { isPresent: false, reason: 'CapabilityNotApplicableForTheCallType' });
  assert.deepEqual(capabilities.pstnDialOut, { isPresent: false, reason: 'FeatureNotSupported' });
  assert.equal(resolveCapabilities({ kind: 'oneToOne', topology: 'backend', self: { role: 'Unknown' } }, true).addPhoneNumber.isPresent, true);
  assert.deepEqual(capabilities.addTeamsUser, { isPresent: false, reason: 'FeatureNotSupported' });
});

test('promotion to a group call permits muting others', () => {
  const capabilities = resolveCapabilities({ kind: 'group', topology: 'backend', self: { role: 'Unknown' } });
  assert.equal(capabilities.muteOthers.isPresent, true);
  assert.equal(capabilities.spotlightParticipant.isPresent, true);
});

test('in a room what the server permits decides', () => {
  const inRoom = (role: 'Presenter' | 'Attendee' | 'Consumer', ...permissions: Permission[]) => resolveCapabilities({ kind: 'room', topology: 'backend', self: { role, permissions } }, true);
  const attendee = inRoom('Attendee', 'unmuteMic', 'turnVideoOn', 'raiseHand', 'useReactions');
  assert.deepEqual(present(attendee), ['raiseHand', 'realTimeText', 'turnVideoOn', 'unmuteMic', 'useReactions', 'viewAttendeeNames']);
  assert.deepEqual([attendee.shareScreen, attendee.removeParticipant], [{ isPresent: false, reason: 'RoleRestricted' }, { isPresent: false, reason: 'RoleRestricted' }]);
  assert.deepEqual(inRoom('Presenter', 'removeParticipant').pstnDialOut, { isPresent: false, reason: 'MeetingRestricted' }, 'no telephone is called from this room');
  assert.deepEqual(present(inRoom('Consumer')), ['viewAttendeeNames']);
});
