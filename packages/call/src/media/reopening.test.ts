import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallMachine, type CallSnapshot } from '../index.ts';
import { alice, bob, bobsPhone, carol, description, groupId, service, TestCall } from '../test-call.ts';

const lose = (call: TestCall) => call.media({ kind: 'conferenceFailed', conferenceId: call.conferenceId, reason: 'MEDIA_PROCESS_LOST' });
const open = (call: TestCall) => call.media({ kind: 'conferenceOpened', conferenceId: call.conferenceId, process: 'media-1' });

test('when its media process is lost the call gets another conference, everybody a new session, and nobody leaves', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'hold', by: 'alice-1' });
  call.command({ kind: 'updateSelf', by: 'bob-1', isMuted: true });
  call.command({ kind: 'setModes', by: 'carol-1', target: carol.identifier, modes: { audio: 'forwarded', video: 'mixed' } });
  call.command({ kind: 'startSpotlight', by: 'alice-1', targets: [bob.identifier] });
  const { lines, outputs } = lose(call);
  assert.deepEqual(lines, [
    'alice-1 < carol Connected audio forwarded video mixed', 'bob-1 < carol Connected audio forwarded video mixed',
    'flow mediaProcessor > controller decided: conference failed', 'flow controller decided: the conference is opened again',
    'media openConference', 'media setSpotlight',
    'media openLeg id9', 'media setHeld id9', 'alice-1 < session id9 backend negotiating', 'alice-1 < session id3 closed',
    'media openLeg id10', 'bob-1 < session id10 backend negotiating', 'bob-1 < session id5 closed',
    'media openLeg id11', 'media setModes id11', 'carol-1 < session id11 backend negotiating', 'carol-1 < session id7 closed',
  ]);
  const opened = outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'openLeg' ? [output.command] : []));
  assert.deepEqual(opened.map(({ conferenceId, identifier, isMuted }) => [conferenceId, identifier, isMuted]), [
    ['id8', alice.identifier, false], ['id8', bob.identifier, true], ['id8', carol.identifier, false],
  ]);
  assert.deepEqual(open(call).lines, ['flow mediaProcessor > controller decided: conference opened']);
  assert.deepEqual(call.command({ kind: 'describe', by: 'bob-1', mediaSessionId: 'id10', description: description('offer', 1) }).lines.slice(0, 2), [
    'ok', 'alice-1 < bob Connected muted spotlight 1 sends Audio',
  ]);
  assert.deepEqual(call.legConnected('bob-1').lines, ['flow mediaProcessor > id4 media connected', 'bob-1 < session id10 backend connected']);
  assert.equal(call.machine.viewFor('bob-1')?.state, 'Connected');
});

test('what the lost process said late is not heard, and its sessions are no more', () => {
  const call = new TestCall().gather();
  lose(call);
  assert.deepEqual(call.media({ kind: 'legStateChanged', conferenceId: 'id1', legId: 'id3', state: 'closed', reason: 'MEDIA_PROCESS_LOST' }).lines, []);
  assert.deepEqual(call.command({ kind: 'reportMedia', by: 'alice-1', mediaSessionId: 'id3', state: 'failed' }).lines, ['refused MEDIA_SESSION_NOT_FOUND']);
});

test('people join and are rung as ever while the conference is opened again', () => {
  const call = new TestCall().gather();
  lose(call);
  assert.equal(call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: false }).lines[0], 'ok Connecting');
  assert.ok(!call.command({ kind: 'addParticipant', by: 'alice-1', target: '8:acs:r_dave' }).lines.includes('find dave'));
  assert.ok(open(call).lines.includes('find dave'));
  assert.ok(call.legConnected('bob-2').lines.includes('bob-2 < Connected'));
});

test('a conference that cannot be opened again is tried after a second, then after two; then the call ends and says why', () => {
  const call = new TestCall().gather();
  lose(call);
  const refuse = () => call.media({ kind: 'conferenceFailed', conferenceId: call.conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE', sentence: 'No media process starts.' });
  assert.deepEqual(refuse().lines, ['flow mediaProcessor > controller decided: conference failed', 'media closeConference']);
  assert.deepEqual(refuse().lines, [], 'it is known');
  assert.deepEqual(call.command({ kind: 'updateSelf', by: 'bob-1', isMuted: true }).lines.filter((line) => line.startsWith('media')), [], 'nobody is there to be told');
  assert.equal(call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: false }).lines[0], 'ok Connecting');
  assert.deepEqual(call.pass(999).lines, []);
  const again = call.pass(1);
  assert.equal(again.lines.filter((line) => line.startsWith('media openLeg')).length, 4, 'with who came meanwhile');
  const muted = again.outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'openLeg' && output.command.isMuted ? [output.command.identifier] : []));
  assert.deepEqual(muted, [bob.identifier]);
  refuse();
  assert.deepEqual(call.pass(1999).lines, []);
  assert.ok(call.pass(1).lines.includes('media openConference'));
  const { record } = refuse();
  assert.deepEqual([record?.endReason.code, record?.endReason.message], [503, 'No media process starts.']);
});

test('losses count for a minute', () => {
  const call = new TestCall().gather();
  for (let times = 0; times < 10; times += 1) {
    assert.equal(lose(call).record, undefined);
    open(call);
    for (const { endpointId } of [alice, bob, carol]) call.legConnected(endpointId);
    call.pass(21_000);
  }
  assert.equal(lose(call).record, undefined);
  open(call);
  assert.equal(lose(call).record?.endReason.code, 503);
});

test('without a media processor to be had it is waited for, then the call ends with the sentence that says what to do', () => {
  const absences: string[] = [];
  const call = new TestCall({ mediaProcessorAbsence: () => absences[0] }).gather();
  absences.push('The media processor is starting.');
  assert.deepEqual(lose(call).lines, ['flow mediaProcessor > controller decided: conference failed', 'media closeConference']);
  assert.equal(call.pass(1000).record, undefined);
  absences.pop();
  assert.ok(call.pass(1000).lines.includes('media openConference'));
  const other = new TestCall({ mediaProcessorAbsence: () => absences[0] }).gather();
  absences.push('Install libopus.');
  lose(other);
  other.pass(1000);
  assert.equal(other.pass(1000).record, undefined);
  assert.equal(other.pass(2000).record?.endReason.message, 'Install libopus.');
});

test('who does not reach the new conference within the reconnect window leaves; who was still connecting has its time again', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'join', joiner: bobsPhone, groupId, isMuted: false });
  call.pass(39_000);
  lose(call);
  open(call);
  call.legConnected('alice-1');
  call.legConnected('bob-1');
  call.pass(39_999);
  assert.ok(call.machine.endpoints().includes('bob-2'));
  assert.ok(call.pass(1).lines.includes('bob-2 < Disconnected 408/10057 by bob'));
  assert.ok(call.pass(80_000).lines.includes('carol-1 < Disconnected 410/301005 by carol'));
  assert.deepEqual(call.machine.endpoints(), ['alice-1', 'bob-1']);
});

test('who heard that it rings goes on hearing it: a telephone that calls, and a client whose telephone is rung again', () => {
  const heard = ({ outputs }: ReturnType<TestCall['line']>) => outputs.flatMap((output) => {
    if (output.kind === 'line' && output.command.kind === 'alert') return [`alert from ${output.command.sound?.legId}`];
    return output.kind === 'media' && output.command.kind === 'setSound' ? [`${output.command.legId} ${output.command.sound}`] : [];
  });
  const calling = new TestCall();
  calling.callFromOutside({ kind: 'users', identifiers: [bob.identifier] });
  calling.find(bob);
  const [before] = heard(calling.command({ kind: 'ringing', by: 'bob-1' }));
  const [after] = heard(lose(calling));
  assert.match(after ?? '', /^alert from id/);
  assert.notEqual(after, before);
  const legId = after?.slice('alert from '.length) ?? '';
  assert.deepEqual(heard(calling.media({ kind: 'legDescribed', conferenceId: calling.conferenceId, legId, description: description('answer', 1) })), [`${legId} ringback`]);
  open(calling);
  assert.ok(calling.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('offer', 1) }).lines.includes(`line connect in-1 in ${legId}`));

  const dialing = new TestCall();
  dialing.line({ kind: 'progress', lineId: dialing.dial(), status: 183, hasEarlyMedia: true });
  const lost = lose(dialing);
  assert.deepEqual(heard(lost).map((words) => words.replace(/^id\d+ /, '')), ['ringback'], 'what the network played is gone with its line');
  open(dialing);
  const again = dialing.machine.lines()[0] ?? '';
  assert.deepEqual(heard(dialing.line({ kind: 'progress', lineId: again, status: 183, hasEarlyMedia: true })).map((words) => words.replace(/^id\d+ /, '')), ['none']);
});

test('a conference that is lost before it was open is opened again, too', () => {
  const call = new TestCall();
  call.command({ kind: 'join', joiner: alice, groupId, isMuted: false });
  assert.ok(lose(call).lines.includes('media openConference'));
});

test('who waits for an application hears its music in the next conference, also after a restart', () => {
  const call = new TestCall().gather();
  call.command({ kind: 'attachApplication', application: service });
  const music = { path: '/sounds/music.pcm', sampleRate: 8000 } as const;
  call.command({ kind: 'holdParticipant', by: service.connectionId, target: bob.identifier, wish: { isHeld: true, music }, operation: { operationId: 'hold' } });
  call.machine = CallMachine.restore(JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot, call.options, call.now);
  const { outputs } = lose(call);
  assert.deepEqual(outputs.flatMap((output) => (output.kind === 'media' && output.command.kind === 'setSound' ? [output.command.music] : [])), [music]);
});

test('a restored call whose conference was lost meanwhile goes on with another', () => {
  const call = new TestCall().gather();
  const snapshot = JSON.parse(JSON.stringify(call.machine.snapshot(call.now))) as CallSnapshot;
  call.machine = CallMachine.restore(snapshot, call.options, call.now);
  for (const { endpointId } of [alice, bob, carol]) call.input({ kind: 'endpointLost', endpointId });
  const { lines } = lose(call);
  assert.equal(lines.filter((line) => line.startsWith('media openLeg')).length, 3);
  assert.deepEqual(call.machine.viewFor('bob-1')?.mediaSessions.map(({ state, localRevision }) => [state, localRevision]), [['negotiating', 0]]);
});
