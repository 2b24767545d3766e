import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaDescription, VideoTile } from '@dialplane/calling-api';
import { alice, bob, bobsPhone, carol, description, groupId, TestCall } from '../test-call.ts';

const mixed = { audio: 'mixed', video: 'mixed' } as const;
const forwarded = { audio: 'forwarded', video: 'forwarded' } as const;
const tile = (identifier: string): VideoTile => ({ identifier, mediaStreamType: 'Video', x: 0, y: 0, width: 1, height: 1 });

test('everybody sees what a participant sends, from all its devices, and hears only of what changed', () => {
  const call = new TestCall().gather();
  const offer = (revision: number, ...types: ReadonlyArray<'Audio' | 'Video' | 'ScreenSharing'>): MediaDescription =>
    ({ ...description('offer', revision), streams: types.map((mediaStreamType, index) => ({ mid: `${index}`, mediaStreamType })) });
  const describe = (offered: MediaDescription) => call.command({ kind: 'describe', by: 'bob-1', mediaSessionId: 'id5', description: offered }).lines.filter((line) => line.includes(' < '));
  assert.deepEqual(describe(offer(1, 'Audio', 'Video')), ['alice-1 < bob Connected sends Audio+Video', 'carol-1 < bob Connected sends Audio+Video']);
  assert.deepEqual(describe(offer(2, 'Audio', 'Video')), []);
  assert.deepEqual(describe(offer(3, 'Audio', 'Video', 'ScreenSharing')).length, 2);
  call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: true });
  assert.deepEqual(call.machine.viewFor('alice-1')?.participants[0]?.streams, ['Audio', 'Video', 'ScreenSharing']);
  assert.deepEqual(describe(offer(4, 'Audio')), ['alice-1 < bob Connected sends Audio', 'carol-1 < bob Connected sends Audio']);
  assert.equal(new TestCall().ring().answer().machine.viewFor('alice-1')?.participants[0]?.streams, undefined, 'between two it is between them');
});

test('a direction that is silent, and goes on, is in the flow of its participant', () => {
  const call = new TestCall().gather();
  const leg = { conferenceId: 'id1', legId: 'id5', direction: 'receive' } as const;
  const states = (lines: readonly string[]) => lines.filter((line) => line.includes('receive'));
  assert.equal(states(call.media({ kind: 'mediaStalled', ...leg, cause: 'Nothing was received for 3 s.' }).lines).length, 1);
  assert.match(states(call.media({ kind: 'mediaResumed', ...leg }).lines)[0] ?? '', /^flow mediaProcessor > id4 .*receive goes on/);
});

test('modes are asked for all or one, and shown when the media processor has switched', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.machine.viewFor('alice-1')?.mediaSessions[0]?.modes, { audio: 'mixed', video: 'forwarded' });
  assert.deepEqual(call.command({ kind: 'setModes', by: 'alice-1', target: bob.identifier, modes: mixed }).lines, [
    'ok', 'flow controller decided: audio mixed, video mixed for 8:acs:r_bob', 'media setModes id5',
  ]);
  assert.deepEqual(call.media({ kind: 'modesChanged', conferenceId: 'id1', legId: 'id5', modes: mixed, why: 'it was asked to' }).lines, [
    'alice-1 < bob Connected audio mixed video mixed', 'carol-1 < bob Connected audio mixed video mixed',
    'flow mediaProcessor > id4 decided: audio mixed, video mixed', 'bob-1 < id5 audio mixed video mixed of nobody',
  ]);
  assert.deepEqual(call.media({ kind: 'layoutChanged', conferenceId: 'id1', layout: [tile(alice.identifier), tile(carol.identifier)] }).lines, [
    'bob-1 < id5 audio mixed video mixed of alice carol',
  ], 'who is forwarded pictures has no use for it');
  assert.deepEqual(call.media({ kind: 'layoutChanged', conferenceId: 'id1', legId: 'id5', layout: [tile(carol.identifier)] }).lines, ['bob-1 < id5 audio mixed video mixed of carol']);
  assert.deepEqual(call.media({ kind: 'layoutChanged', conferenceId: 'id1', layout: [tile(bob.identifier)] }).lines, []);
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions[0]?.layout, [tile(carol.identifier)]);
  assert.deepEqual(call.media({ kind: 'layoutChanged', conferenceId: 'id1', legId: 'id5', layout: [] }).lines, ['bob-1 < id5 audio mixed video mixed of bob']);
  assert.deepEqual(call.command({ kind: 'setModes', by: 'alice-1', modes: forwarded }).lines, ['ok', 'flow controller decided: audio forwarded, video forwarded for everybody', 'media setModes']);
  assert.deepEqual(call.media({ kind: 'modesChanged', conferenceId: 'id1', modes: forwarded, why: 'it was asked to' }).lines, [
    'alice-1 < everybody audio forwarded video forwarded', 'alice-1 < bob Connected', 'bob-1 < everybody audio forwarded video forwarded', 'carol-1 < everybody audio forwarded video forwarded', 'carol-1 < bob Connected',
    'flow mediaProcessor decided: audio forwarded, video forwarded',
    'alice-1 < id3 audio forwarded video forwarded', 'bob-1 < id5 audio forwarded video forwarded', 'carol-1 < id7 audio forwarded video forwarded',
  ]);
  assert.deepEqual(call.media({ kind: 'modesChanged', conferenceId: 'id1', modes: forwarded, why: 'again' }).lines, []);
  call.media({ kind: 'conferenceFailed', conferenceId: 'id1', reason: 'MEDIA_PROCESS_LOST' });
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions[0]?.modes, forwarded, 'what was asked for all is what it is again');
});

test('who may not act on others may choose modes for itself; an operator for anybody', () => {
  const call = new TestCall().gather();
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
  call.command({ kind: 'join', joiner: dave, groupId, isMuted: false, role: 'Attendee' });
  const set = (target?: string) => call.command({ kind: 'setModes', by: 'dave-1', modes: mixed, ...(target === undefined ? {} : { target }) }).lines[0];
  assert.deepEqual([set(), set(bob.identifier), set(dave.identifier)], ['refused ROLE_FORBIDS', 'refused ROLE_FORBIDS', 'ok']);
  assert.equal(call.command({ kind: 'setModes', by: 'alice-1', modes: mixed, target: '8:acs:r_eve' }).lines[0], 'refused PARTICIPANT_NOT_FOUND');
  assert.ok(call.input({ kind: 'modesAsked', modes: mixed, target: bob.identifier }).lines.includes('media setModes id5'));
  assert.deepEqual(new TestCall().ring().answer().command({ kind: 'setModes', by: 'alice-1', modes: mixed }).lines, ['refused CALL_NOT_GROUP']);
});

test('who speaks is told three times a second at most, and the newest always', () => {
  const call = new TestCall().gather();
  const speak = (...speaking: string[]) => call.media({ kind: 'speakersChanged', conferenceId: 'id1', speaking, dominant: speaking.slice(0, 1) }).lines;
  const to = (line: string) => ['alice-1', 'bob-1', 'carol-1'].map((endpointId) => `${endpointId} < ${line}`);
  assert.deepEqual(speak(alice.identifier), to('speaking: alice, dominant: alice'));
  assert.deepEqual(speak(), []);
  assert.deepEqual(speak(bob.identifier, carol.identifier), []);
  assert.deepEqual(call.pass(334).lines, to('speaking: bob carol, dominant: bob'));
  assert.deepEqual(call.machine.viewFor('alice-1')?.speakers, { speaking: [bob.identifier, carol.identifier], dominant: [bob.identifier] });
  speak();
  speak(bob.identifier, carol.identifier);
  assert.deepEqual(call.pass(334).lines, [], 'nothing came of it');
  const crowd = Array.from({ length: 100 }, (_none, index) => `8:acs:r_${index}`);
  call.media({ kind: 'speakersChanged', conferenceId: 'id1', speaking: crowd, dominant: crowd });
  const { speakers } = call.machine.viewFor('alice-1') ?? {};
  assert.deepEqual([speakers?.speaking.length, speakers?.dominant.length], [16, 5]);
});

test('who is not watched is told, and the newest is shown to who comes back; the flow is told why, and nothing else of it is stored', () => {
  const call = new TestCall().gather();
  const watch = (legId: string, ...watched: Array<{ mid: string; layers: number }>) => call.media({ kind: 'watchedChanged', conferenceId: 'id1', legId, watched, why: 'nobody sees it' }).lines;
  call.machine.snapshot(call.now);
  assert.deepEqual(watch('id5', { mid: '6', layers: 0 }), ['flow mediaProcessor > id4 decided: asked for the pictures that are watched, and no more', 'bob-1 < id5 is watched in 6:0']);
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions[0]?.watched, [{ mid: '6', layers: 0 }]);
  assert.deepEqual(watch('id5'), ['flow mediaProcessor > id4 decided: asked for all of its pictures again', 'bob-1 < id5 is watched in all']);
  assert.deepEqual(watch('gone', { mid: '6', layers: 0 }), []);
  assert.equal(call.machine.isUnsaved, false);
  for (let count = 0; count < 100; count += 1) watch('id5', { mid: '6', layers: 1 });
  assert.deepEqual(watch('id5', { mid: '6', layers: 2 }), ['bob-1 < id5 is watched in 6:2'], 'the flow has heard enough of it');
  call.media({ kind: 'conferenceFailed', conferenceId: 'id1', reason: 'MEDIA_PROCESS_LOST' });
  assert.equal(call.machine.viewFor('bob-1')?.mediaSessions[0]?.watched, undefined, 'another leg begins with all');
});

test('messages go to the others, or to whom they are for, and are not remembered', () => {
  const call = new TestCall().gather();
  const send = (by: string, targets?: string[]) => call.command({ kind: 'sendMessage', by, channelId: 7, sequenceNumber: 1, data: 'aGk=', ...(targets === undefined ? {} : { targets }) }, 'x').lines;
  assert.deepEqual(send('bob-1'), ['ok', 'alice-1 < aGk= of bob in 7', 'carol-1 < aGk= of bob in 7']);
  assert.deepEqual(send('bob-1', [carol.identifier, '8:acs:r_gone']), ['ok', 'carol-1 < aGk= of bob in 7']);
  const { revision } = call.machine;
  send('bob-1');
  assert.equal(call.machine.revision, revision);
  assert.deepEqual(send('dave-1'), ['refused CALL_NOT_FOUND']);
  assert.deepEqual(new TestCall().ring().answer().command({ kind: 'sendMessage', by: 'bob-1', channelId: 1, sequenceNumber: 1, data: '' }).lines, ['refused CALL_NOT_GROUP']);
});

test('which pictures an endpoint wants goes to the media processor and leaves nothing behind', () => {
  const call = new TestCall().gather();
  const wanted = [{ mid: '6', identifier: carol.identifier, mediaStreamType: 'Video', width: 640, height: 360 }] as const;
  call.machine.snapshot(call.now);
  const { outputs } = call.command({ kind: 'want', by: 'alice-1', mediaSessionId: 'id3', wanted });
  assert.deepEqual(outputs.flatMap((output) => (output.kind === 'media' ? [output.command] : [])), [{ kind: 'setWanted', conferenceId: 'id1', legId: 'id3', wanted }]);
  assert.equal(call.machine.isUnsaved, false);
  assert.deepEqual(call.command({ kind: 'want', by: 'alice-1', mediaSessionId: 'id5', wanted }).lines, ['refused MEDIA_SESSION_NOT_FOUND'], 'not in the session of another');
  assert.deepEqual(new TestCall().ring().answer().command({ kind: 'want', by: 'alice-1', mediaSessionId: 'id2', wanted }).lines, ['refused MEDIA_SESSION_NOT_FOUND']);
});

test('at most seven are spotlighted, in the order they were; who leaves is not any more', () => {
  const call = new TestCall().gather();
  assert.deepEqual(call.command({ kind: 'startSpotlight', by: 'alice-1', targets: [carol.identifier, bob.identifier] }).lines, [
    'ok', 'alice-1 < bob Connected spotlight 2, carol Connected spotlight 1',
    'bob-1 < self Presenter spotlight 2', 'bob-1 < carol Connected spotlight 1', 'carol-1 < self Presenter spotlight 1', 'carol-1 < bob Connected spotlight 2',
    'media setSpotlight',
  ]);
  assert.deepEqual(call.command({ kind: 'startSpotlight', by: 'alice-1', targets: [carol.identifier] }).lines, ['ok'], 'it keeps its place');
  assert.ok(call.command({ kind: 'hangUp', by: 'carol-1', forEveryone: false }).lines.includes('bob-1 < self Presenter spotlight 1'));
  assert.deepEqual(call.command({ kind: 'startSpotlight', by: 'alice-1', targets: ['8:acs:r_eve'] }).lines, ['refused PARTICIPANT_NOT_FOUND']);
  const crowd = Array.from({ length: 7 }, (_none, index) => ({ endpointId: `${index}`, identifier: `8:acs:r_${index}` }));
  for (const joiner of crowd) call.command({ kind: 'join', joiner, groupId, isMuted: false, role: 'Attendee' });
  const targets = crowd.map(({ identifier }) => identifier);
  assert.deepEqual(call.command({ kind: 'startSpotlight', by: 'alice-1', targets }).lines, ['refused SPOTLIGHT_FULL']);
  assert.equal(call.command({ kind: 'startSpotlight', by: 'alice-1', targets: targets.slice(1) }).lines[0], 'ok');
  const stop = (by: string, who?: string[]) => call.command({ kind: 'stopSpotlight', by, ...(who === undefined ? {} : { targets: who }) }).lines[0];
  assert.deepEqual([stop('0', [bob.identifier]), stop('0'), stop('1', ['8:acs:r_1']), stop('alice-1')], ['refused ROLE_FORBIDS', 'refused ROLE_FORBIDS', 'ok', 'ok']);
  assert.equal(call.machine.viewFor('alice-1')?.participants.some(({ spotlightOrder }) => spotlightOrder !== undefined), false);
});

test('two promotions at once are one, and both who were added come', () => {
  const call = new TestCall().ring().answer();
  const dave = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
  assert.ok(call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier }).lines.includes('media openConference'));
  assert.ok(!call.command({ kind: 'addParticipant', by: 'bob-1', target: dave.identifier }).lines.includes('media openConference'));
  assert.equal(call.command({ kind: 'addParticipant', by: 'bob-1', target: carol.identifier }).lines[0], 'refused CALL_STATE_CONFLICT');
  const { lines } = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.deepEqual(lines.filter((line) => line.startsWith('find')), ['find carol', 'find dave']);
  call.legConnected('alice-1');
  call.legConnected('bob-1');
  assert.equal(call.machine.viewFor('bob-1')?.kind, 'group');
});
