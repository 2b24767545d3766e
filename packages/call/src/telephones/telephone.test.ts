import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineEnd } from '@dialplane/telephony-api';
import { CallMachine, type CallSnapshot } from '../index.ts';
import { alice, bob, bobsPhone, carol, description, groupId, ownNumber, reasonLine, telephone, TestCall } from '../test-call.ts';

const over = (call: TestCall, lineId: string, end: LineEnd) => call.line({ kind: 'ended', lineId, end });
const about = (lines: readonly string[], ...words: readonly string[]) => lines.filter((line) => words.some((word) => line.startsWith(word)));

test('a call to a telephone is on the backend at once; the number is dialled when there is a conference, and shows the caller id', () => {
  const call = new TestCall();
  const started = call.command({ kind: 'start', caller: alice, targets: [telephone], alternateCallerId: ownNumber, isMuted: false, description: description('offer', 1) });
  assert.deepEqual(about(started.lines, 'ok', 'media', 'line'), ['ok Connecting', 'media openConference', 'media openLeg id3']);
  assert.deepEqual(call.media({ kind: 'conferenceOpened', conferenceId: 'id2', process: 'media-0' }).lines, [
    'flow mediaProcessor > controller decided: conference opened', 'line dial id4 +15550100 as +15550199 for alice in id6', 'flow controller > id5 Ringing',
  ]);
  assert.deepEqual([call.machine.viewFor('alice-1')?.kind, call.machine.viewFor('alice-1')?.topology], ['oneToOne', 'backend']);
});

test('the caller hears a ringing tone while the telephone rings, then what its network plays, then the answer', () => {
  const call = new TestCall();
  const lineId = call.dial();
  assert.deepEqual(call.line({ kind: 'progress', lineId, status: 100, hasEarlyMedia: false }).lines, []);
  const rings = call.line({ kind: 'progress', lineId, status: 180, hasEarlyMedia: false });
  assert.deepEqual(rings.lines, ['alice-1 < Ringing', 'alice-1 < 4:+15550100 Ringing', 'flow id5 > controller 4:+15550100 Ringing', 'media setSound id3']);
  assert.deepEqual(rings.outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'setSound' ? [output.command.sound] : [])), ['ringback']);
  const plays = call.line({ kind: 'progress', lineId, status: 183, hasEarlyMedia: true });
  assert.deepEqual(plays.lines, ['alice-1 < EarlyMedia', 'alice-1 < 4:+15550100 EarlyMedia', 'flow id5 > controller 4:+15550100 EarlyMedia', 'media setSound id3']);
  const answers = call.line({ kind: 'answered', lineId });
  assert.deepEqual(about(answers.lines, 'alice'), ['alice-1 < Connected', 'alice-1 < 4:+15550100 Connected sends Audio']);
  assert.deepEqual(about(call.line({ kind: 'progress', lineId, status: 180, hasEarlyMedia: false }).lines, ''), [], 'late');
});

test('a caller whose media is connected before the telephone answers may say so; what the media processor says decides', () => {
  const call = new TestCall();
  call.dial();
  const report = (mediaSessionId: string, state: 'connected' | 'interrupted') => call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId, state }).lines;
  assert.deepEqual(about(report('id3', 'connected'), 'ok', 'refused'), ['ok']);
  assert.deepEqual(about(report('id3', 'interrupted'), 'ok', 'refused', 'alice'), ['ok']);
  assert.deepEqual(report('id99', 'connected'), ['refused MEDIA_SESSION_NOT_FOUND']);
});

test('the codec that the media processor wants is told and shown, until it wants any again', () => {
  const call = new TestCall();
  call.dial();
  const wanted = (codec?: string) => call.media({ kind: 'codecWanted', conferenceId: call.conferenceId, legId: 'id3', ...(codec !== undefined && { codec }), why: 'Packets can pass.' });
  assert.deepEqual(wanted('PCMU').lines, ['flow mediaProcessor > id1 decided: audio in PCMU', 'alice-1 < id3 audio mixed video forwarded in PCMU']);
  assert.equal(call.machine.viewFor('alice-1')?.mediaSessions[0]?.audioCodec, 'PCMU');
  assert.deepEqual(wanted().lines, ['flow mediaProcessor > id1 decided: audio in any codec', 'alice-1 < id3 audio mixed video forwarded']);
  assert.equal(call.machine.viewFor('alice-1')?.mediaSessions[0]?.audioCodec, undefined);
});

test('a telephone rings for 115 s', () => {
  const call = new TestCall();
  const lineId = call.dial();
  assert.deepEqual(call.pass(114_999).lines, []);
  const { lines, record } = call.pass(1);
  assert.deepEqual(about(lines, 'line', 'alice'), [`line hangUp ${lineId}`, 'alice-1 < Disconnected 487/10004 by platform']);
  assert.equal(record?.participations.length, 2);
});

test('the caller who hangs up cancels, and what the network says then changes nothing', () => {
  const call = new TestCall();
  const lineId = call.dial();
  const { lines, record } = call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false });
  assert.deepEqual(about(lines, 'line', 'alice'), ['alice-1 < Disconnected 487/0 by alice', `line hangUp ${lineId}`]);
  assert.equal(record?.endReason.code, 487);
  assert.deepEqual(over(call, lineId, { by: 'remote', status: 487 }).lines, []);
});

test('every way a telephone is not reached has its code, and the words of its network', () => {
  const refused = (end: LineEnd) => {
    const call = new TestCall();
    const { endReason } = over(call, call.dial(), end).record ?? {};
    return endReason === undefined ? undefined : `${reasonLine(endReason)}: ${endReason.message}`;
  };
  assert.equal(refused({ by: 'remote', status: 486, reasonText: 'Busy Here' }), '486/560486 by 4:+15550100: The telephone is busy (486 Busy Here).');
  assert.equal(refused({ by: 'network', status: 503, reasonText: 'No circuit', sentence: 'Every trunk refused.' }), '503/560503 by platform: Every trunk refused (503 No circuit).');
  assert.equal(refused({ by: 'local', refusal: 'NO_TRUNK' }), '403/511532 by platform: No trunk is configured that could carry this telephone call.');
  assert.equal(refused({ by: 'local', refusal: 'CALLER_ID_NOT_OWNED', sentence: '+1 is not yours.' }), '403/510403 by platform: +1 is not yours.');
  assert.match(refused({ by: 'local', refusal: 'EMERGENCY_NUMBER' }) ?? '', /^403\/510403 by platform: Emergency/);
  assert.match(refused({ by: 'local', refusal: 'LIMIT_REACHED' }) ?? '', /^603\/560603/);
  assert.match(refused({ by: 'local', refusal: 'MEDIA_UNAVAILABLE' }) ?? '', /^503\/0/);
  assert.match(refused({ by: 'network' }) ?? '', /^500\/0 by platform: The call to the telephone/);
});

test('without telephony a call to a number says so, and adding one is refused', () => {
  const call = new TestCall({ telephoneAbsence: () => 'Configure a trunk.' });
  call.command({ kind: 'start', caller: alice, targets: [telephone], isMuted: false });
  const { record } = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.deepEqual([record?.endReason.subCode, record?.endReason.message, record?.unreached.length], [511_532, 'Configure a trunk.', 1]);
  const group = new TestCall({ telephoneAbsence: () => 'Configure a trunk.' }).gather();
  assert.deepEqual(group.command({ kind: 'addParticipant', by: 'alice-1', target: telephone }).lines, ['refused TELEPHONY_UNAVAILABLE']);
});

test('either side ends the call by hanging up; a telephone that its network lost is lost media', () => {
  const hungUp = new TestCall();
  const lineId = hungUp.dialled();
  const { lines, record } = over(hungUp, lineId, { by: 'remote', reasonText: 'Normal call clearing', q850: 16 });
  assert.deepEqual(about(lines, 'line', 'alice'), ['alice-1 < Disconnected 0/560000 by 4:+15550100']);
  assert.deepEqual([record?.endReason.sip, record?.topology], [{ reasonText: 'Normal call clearing', q850: 16 }, 'backend']);
  const mine = new TestCall();
  assert.ok(mine.command({ kind: 'hangUp', by: 'alice-1', forEveryone: mine.dialled() === '' }).lines.some((line) => line.startsWith('line hangUp')));
  const gone = new TestCall();
  assert.equal(over(gone, gone.dialled(), { by: 'network', sentence: 'It did not answer a session refresh.' }).record?.endReason.subCode, 301_005);
});

test('the record says through which trunk a telephone was reached, and what it was shown', () => {
  const call = new TestCall();
  const lineId = call.dial();
  call.line({ kind: 'routed', lineId, trunk: 'north', callerId: '+15550199', why: 'first of route default' });
  call.line({ kind: 'routed', lineId, trunk: 'south', callerId: '+15550199', why: 'north answered 503' });
  call.line({ kind: 'answered', lineId, displayName: 'Carl' });
  assert.deepEqual(call.machine.lanes().map(({ id, role }) => `${role} ${id}`), [
    'caller id1', 'server controller', 'server mediaProcessor', 'server telephony', 'callee id5', 'trunk trunk:north', 'trunk trunk:south',
  ]);
  const { record } = over(call, lineId, { by: 'remote' });
  assert.deepEqual(record?.participations.map(({ identifier, displayName, line }) => [identifier, displayName, line]), [
    [alice.identifier, 'Alice', undefined], [telephone, 'Carl', { direction: 'outgoing', trunk: 'south', callerId: ownNumber }],
  ]);
});

test('hold is seen on either side, and a held telephone hears music', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  const { outputs, lines } = call.command({ kind: 'hold', by: 'alice-1' });
  assert.deepEqual(about(lines, 'media', 'line'), ['media setHeld id3', `line hold ${lineId}`, 'media setSound id6']);
  assert.ok(outputs.some((output) => output.kind === 'media' && output.command.kind === 'setSound' && output.command.sound === 'hold'));
  assert.deepEqual(about(call.command({ kind: 'resume', by: 'alice-1' }).lines, 'line'), [`line resume ${lineId}`]);
  assert.deepEqual(about(call.line({ kind: 'held', lineId, isHeld: true }).lines, 'alice'), ['alice-1 < RemoteHold', 'alice-1 < 4:+15550100 Hold sends Audio']);
  assert.deepEqual(call.line({ kind: 'held', lineId, isHeld: true }).lines, []);
  assert.deepEqual(about(call.line({ kind: 'held', lineId, isHeld: false }).lines, 'alice'), ['alice-1 < Connected', 'alice-1 < 4:+15550100 Connected sends Audio']);
});

test('keys go to the telephone of a 1:1 call and come from it; in a group to one or all', () => {
  const call = new TestCall();
  const none = new TestCall().gather();
  assert.deepEqual(none.command({ kind: 'sendDtmf', by: 'alice-1', tones: '1' }).lines, ['refused TELEPHONE_NOT_IN_CALL']);
  const lineId = call.dialled();
  assert.deepEqual(about(call.command({ kind: 'sendDtmf', by: 'alice-1', tones: '1#' }).lines, 'ok', 'line'), ['ok', `line keys 1# to ${lineId}`]);
  assert.deepEqual(call.line({ kind: 'dtmf', lineId, tone: '5' }).lines, ['alice-1 < 5 of 4:+15550100']);
  assert.deepEqual(call.media({ kind: 'dtmfReceived', conferenceId: call.conferenceId, legId: 'id6', tone: '*' }).lines, ['alice-1 < * of 4:+15550100']);
  assert.deepEqual(call.command({ kind: 'sendDtmf', by: 'alice-1', tones: '1', target: bob.identifier }).lines, ['refused PARTICIPANT_NOT_FOUND']);
});

test('a telephone is added to a group call, muted, speaks again with *6, is unheard before it answers, and removed', () => {
  const call = new TestCall().gather();
  const added = call.command({ kind: 'addParticipant', by: 'alice-1', target: telephone, alternateCallerId: ownNumber });
  const lineId = call.lineId;
  assert.ok(added.lines.some((line) => line.startsWith(`line dial ${lineId} +15550100 as +15550199 for alice`)));
  const legId = added.outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'dial' ? [output.command.legId] : []))[0] ?? '';
  assert.deepEqual(call.media({ kind: 'legDescribed', conferenceId: 'id1', legId, description: description('offer', 1) }).lines, [`media setMuted ${legId}`]);
  assert.deepEqual(about(call.line({ kind: 'progress', lineId, status: 183, hasEarlyMedia: true }).lines, 'alice', 'media'), ['alice-1 < 4:+15550100 EarlyMedia']);
  assert.deepEqual(about(call.line({ kind: 'answered', lineId }).lines, 'bob', 'media'), ['bob-1 < 4:+15550100 Connected sends Audio', `media setMuted ${legId}`]);
  assert.deepEqual(about(call.command({ kind: 'mute', by: 'bob-1', target: telephone }).lines, 'alice', 'media'), ['alice-1 < 4:+15550100 Connected muted sends Audio', `media setMuted ${legId}`]);
  call.line({ kind: 'dtmf', lineId, tone: '*' });
  assert.deepEqual(about(call.line({ kind: 'dtmf', lineId, tone: '6' }).lines, 'alice', 'media'), ['alice-1 < 4:+15550100 Connected sends Audio', `media setMuted ${legId}`, 'alice-1 < 6 of 4:+15550100']);
  const removed = call.command({ kind: 'removeParticipant', by: 'alice-1', target: telephone });
  assert.deepEqual(about(removed.lines, 'alice', 'bob', 'line'), ['alice-1 < -4:+15550100 0/5300 by alice', 'bob-1 < -4:+15550100', `line hangUp ${lineId}`]);
});

test('adding a number to a call between two users moves it to the backend first', () => {
  const call = new TestCall().ring().answer();
  assert.deepEqual(about(call.command({ kind: 'addParticipant', by: 'alice-1', target: telephone, alternateCallerId: ownNumber }).lines, 'line'), []);
  const { lines } = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
  assert.deepEqual(about(lines, 'line').length, 1);
  assert.equal(about(over(call, call.lineId, { by: 'remote', status: 486 }).lines, 'alice')[0], 'alice-1 < -4:+15550100 486/560486 by 4:+15550100');
});

test('a third comes to a 1:1 call with a telephone: it is a group call then, and ends when only the telephone is left', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier });
  call.find(carol);
  call.command({ kind: 'accept', by: 'carol-1', isMuted: false });
  assert.equal(call.machine.viewFor('carol-1')?.kind, 'group');
  call.command({ kind: 'hangUp', by: 'alice-1', forEveryone: false });
  const { lines, record } = call.command({ kind: 'hangUp', by: 'carol-1', forEveryone: false });
  assert.deepEqual(about(lines, 'line'), [`line hangUp ${lineId}`]);
  assert.equal(record?.kind, 'group');
});

test('a telephone that calls is told that somebody rings, and connected to who answers; the others stop', () => {
  const call = new TestCall();
  const incoming = call.callFromOutside({ kind: 'users', identifiers: [bob.identifier, carol.identifier] });
  assert.deepEqual(about(incoming.lines, 'media', 'line'), ['media openConference']);
  assert.ok(call.find(bob, bobsPhone).lines.includes('bob-1 < incomingCall from 4:+15550100 oneToOne backend'));
  call.find(carol);
  assert.deepEqual(about(call.command({ kind: 'ringing', by: 'bob-1' }).lines, 'line'), ['line alert in-1']);
  assert.deepEqual(about(call.command({ kind: 'ringing', by: 'carol-1' }).lines, 'line'), []);
  const { lines } = call.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('offer', 1) });
  assert.deepEqual(about(lines, 'line', 'bob-2', 'carol', 'media'), [
    'line connect in-1 in id6', 'media setSound id6', 'media openLeg id7', 'bob-2 < Disconnected 487/10003 by bob', 'carol-1 < Disconnected 487/10003 by bob',
  ]);
  assert.deepEqual(call.machine.viewFor('bob-1')?.caller, { identifier: telephone, displayName: 'Carl' });
  const { record } = over(call, 'in-1', { by: 'remote' });
  assert.deepEqual([record?.endReason.subCode, record?.caller, record?.kind], [540_000, telephone, 'oneToOne']);
});

test('a SIP phone that registers while its user is being called is rung as well, once', () => {
  const call = new TestCall();
  call.callFromOutside();
  call.find(bob);
  const registers = () => about(call.input({ kind: 'phoneRegistered', identifier: bob.identifier, phone: { deviceId: 'desk' } }).lines, 'line');
  assert.match(registers().join(), /^line dial \S+ desk for 4:\+15550100 in \S+$/);
  assert.deepEqual(registers(), []);
  const direct = new TestCall().ring();
  assert.deepEqual(direct.input({ kind: 'phoneRegistered', identifier: bob.identifier, phone: { deviceId: 'desk' } }).lines, [], 'a direct call has no conference');
});

test('who calls by telephone hears a ringing tone of ours where its trunk wants that, and then what another network plays', () => {
  const call = new TestCall();
  call.callFromOutside({ kind: 'number', number: '+15550123' });
  const sounds = ({ outputs }: ReturnType<TestCall['line']>) => outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'setSound' ? [`${output.command.legId} ${output.command.sound}`] : []));
  const lineId = call.machine.lines()[1] ?? '';
  const rings = call.line({ kind: 'progress', lineId, status: 180, hasEarlyMedia: false });
  const [sound] = rings.outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'alert' ? [output.command.sound] : []));
  assert.ok(sound);
  assert.deepEqual(sounds(rings), [], 'telephony opens the leg, or not');
  assert.deepEqual(sounds(call.media({ kind: 'legDescribed', ...sound, description: description('answer', 1) })), [`${sound.legId} ringback`]);
  assert.deepEqual(sounds(call.line({ kind: 'progress', lineId, status: 183, hasEarlyMedia: true })), [`${sound.legId} none`]);
  const answers = call.line({ kind: 'answered', lineId });
  assert.deepEqual(about(answers.lines, 'line'), [`line connect in-1 in ${sound.legId}`]);
});

test('a call that was sent on before keeps its history: in the flow, in the record, and for the telephone that it goes on to', () => {
  const call = new TestCall();
  const redirections = [{ by: '4:+15550177', reason: 'busy' }, { by: ownNumber, reason: 'deflection' }] as const;
  const incoming = call.line({ kind: 'incoming', line: { lineId: 'in-1', from: telephone, to: ownNumber, target: { kind: 'number', number: '+15550123', callerId: '+15550199' }, trunk: 'north', redirections } });
  assert.equal(incoming.lines.filter((line) => line.includes('was sent on')).length, 2);
  const dialled = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' }).outputs.flatMap((output) => (output.kind === 'line' && output.command.kind === 'dial' ? [output.command.redirections] : []));
  assert.deepEqual(dialled, [redirections]);
  const { record } = over(call, 'in-1', { by: 'remote', status: 487 });
  assert.deepEqual(record?.participations.find(({ endpointId }) => endpointId === 'in-1')?.line, { direction: 'incoming', trunk: 'north', callerId: ownNumber, redirections });
});

test('a calling telephone that is not answered hears why: busy, declined, nobody there, or nobody answered', () => {
  const rejected = (...commands: ReadonlyArray<(call: TestCall) => unknown>) => {
    const call = new TestCall();
    call.callFromOutside();
    const lines: string[] = [];
    for (const act of commands) lines.push(...((act(call) as { lines: readonly string[] }).lines));
    return about(lines, 'line reject')[0];
  };
  const ring = (call: TestCall) => call.find(bob);
  assert.equal(rejected(ring, (call) => call.command({ kind: 'reject', by: 'bob-1', reason: 'declined' })), 'line reject in-1 603');
  assert.equal(rejected(ring, (call) => call.command({ kind: 'reject', by: 'bob-1', reason: 'busy' })), 'line reject in-1 486');
  assert.equal(rejected((call) => call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [] })), 'line reject in-1 480');
  assert.equal(rejected((call) => call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: false, endpoints: [] })), 'line reject in-1 404');
  assert.equal(rejected(ring, (call) => call.pass(85_000)), 'line reject in-1 480');
  const absent = new TestCall({ mediaProcessorAbsence: () => 'Install libopus.' });
  assert.deepEqual(about(absent.callFromOutside().lines, 'line'), ['line reject in-1 503']);
});

test('a call that an application does not want is rejected, and its record says so', () => {
  const call = new TestCall();
  const { lines, record } = call.line({ kind: 'incoming', line: { lineId: 'in-1', from: telephone, to: ownNumber, target: { kind: 'nobody', status: 486, sentence: 'It is not wanted.' }, trunk: 'north' } });
  assert.deepEqual(about(lines, 'line', 'media'), ['line reject in-1 486']);
  assert.deepEqual(record?.endReason, { code: 486, subCode: 540_486, category: 'Success', message: 'It is not wanted (486).', endedBy: 'platform', sip: { status: 486 } });
  assert.deepEqual(record?.participations.map(({ identifier, line }) => [identifier, line]), [[telephone, { direction: 'incoming', trunk: 'north', callerId: ownNumber }]]);
});

test('a telephone that gives up before anybody answers ends the call with 487/540487', () => {
  const call = new TestCall();
  call.callFromOutside();
  call.find(bob);
  const { lines } = over(call, 'in-1', { by: 'remote', status: 487 });
  assert.deepEqual(about(lines, 'bob', 'line'), ['bob-1 < Disconnected 487/540487 by 4:+15550100']);
});

test('a telephone comes into a group call by its number, also as the first', () => {
  const call = new TestCall();
  const first = call.callFromOutside({ kind: 'group', groupId });
  assert.deepEqual(about(first.lines, 'line', 'media'), ['media openConference', 'line connect in-1 in id3']);
  assert.equal(call.command({ kind: 'join', joiner: alice, groupId, isMuted: false }).result?.ok, true);
  const second = call.line({ kind: 'incoming', line: { lineId: 'in-2', from: '4:+15550101', to: ownNumber, target: { kind: 'group', groupId } } });
  assert.ok(second.lines.includes('alice-1 < 4:+15550101 Connected sends Audio'));
  const full = new TestCall({ limits: { participants: 3 } }).gather();
  const refused = full.line({ kind: 'incoming', line: { lineId: 'in-3', from: telephone, to: ownNumber, target: { kind: 'group', groupId } } });
  assert.deepEqual(refused.lines, ['line reject in-3 486']);
});

test('SIP phones of a user ring beside the browsers: whichever answers stops the others, and declining is for all', () => {
  const rung = () => {
    // No trunk leads anywhere: SIP phones of users need none.
    const call = new TestCall({ hasPhones: (identifier) => identifier === bob.identifier, telephoneAbsence: () => 'There is no trunk.' });
    call.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false });
    call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-0' });
    call.input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [bob], phones: [{ deviceId: 'desk', displayName: 'Desk' }] });
    return call;
  };
  const phone = rung();
  assert.ok(!phone.line({ kind: 'progress', lineId: phone.lineId, status: 183, hasEarlyMedia: true }).lines.includes('alice-1 < EarlyMedia'));
  const answered = phone.line({ kind: 'answered', lineId: phone.lineId });
  assert.ok(answered.lines.includes('bob-1 < Disconnected 487/10003 by bob'));
  const shown = answered.outputs.flatMap((output) => (output.kind === 'event' && output.event.type === 'participantsUpdated' ? output.event.updated : []));
  assert.deepEqual(shown.at(-1)?.endpointDetails.map(({ device }) => device), ['telephone'], 'who takes keys is told');
  const browser = rung();
  assert.deepEqual(about(browser.command({ kind: 'accept', by: 'bob-1', isMuted: false }).lines, 'line').length, 1);
  const declined = rung();
  assert.equal(over(declined, declined.lineId, { by: 'remote', status: 603 }).record?.endReason.code, 603);
  const busy = rung();
  assert.equal(over(busy, busy.lineId, { by: 'remote', status: 486 }).record, undefined);
  assert.equal(busy.command({ kind: 'reject', by: 'bob-1', reason: 'busy' }).record?.endReason.code, 486);
});

test('when the conference is lost telephones move to the next one, and those that ring are rung again', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'addParticipant', by: 'alice-1', target: telephone });
  const lineId = call.lineId;
  call.line({ kind: 'answered', lineId });
  call.command({ kind: 'addParticipant', by: 'alice-1', target: '4:+15550101' });
  const lost = call.media({ kind: 'conferenceFailed', conferenceId: call.conferenceId, reason: 'MEDIA_PROCESS_LOST' });
  const [withdrawn, moved] = about(lost.lines, 'line');
  assert.match(withdrawn ?? '', /^line hangUp/);
  assert.match(moved ?? '', new RegExp(`^line connect ${lineId} in`));
  const { lines } = call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-1' });
  assert.match(about(lines, 'line')[0] ?? '', /^line dial \S+ \+15550101/);
});

test('a restored call knows its telephones', () => {
  const call = new TestCall();
  const lineId = call.dialled();
  const snapshot = JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot;
  call.machine = CallMachine.restore(snapshot, call.options, call.now);
  assert.deepEqual(call.machine.lines(), [lineId]);
  assert.equal(over(call, lineId, { by: 'network', sentence: 'The server was restarted.' }).record?.endReason.message, 'The server was restarted.');
});
