import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlayRequest, RecognitionRequest } from '@dialplane/applications-api';
import type { MediaCommand } from '@dialplane/media-api';
import { CallMachine, type CallSnapshot, type OperationSounds } from '../index.ts';
import { bob, description, telephone, TestCall, type Outcome } from '../test-call.ts';

const sound = { path: '/sounds/a.pcm', sampleRate: 16_000 } as const;
const ready: OperationSounds = { kind: 'ready', sounds: [sound] };
const missing: OperationSounds = { kind: 'failed', failure: { reason: 'unreachable', sourceIndex: 0, sentence: 'Its server answered 404.' } };
const toAll: PlayRequest = { kind: 'play', to: 'all', isLooped: false };
const keys: RecognitionRequest = {
  kind: 'recognize', target: telephone, hasPrompt: true, isPromptInterruptible: true, initialSilenceMs: 5000, interToneMs: 2000, expected: { kind: 'keys', mostTones: 4, stopTones: '#' },
};
const unprompted: RecognitionRequest = { ...keys, hasPrompt: false };
const choice: RecognitionRequest = { ...unprompted, expected: { kind: 'choice', choices: [{ label: 'sales', tone: '1' }, { label: 'support', tone: '2' }] } };

/** An application that has answered a telephone, and what it has played. */
class Ivr extends TestCall {
  constructor() {
    super();
    this.answeredByApplication();
  }

  request(operationId: string, request: PlayRequest | RecognitionRequest, interrupts = false): readonly string[] {
    return told(this.command({ kind: 'requestMedia', by: 'connection', request, interrupts, operation: { operationId } }));
  }

  provide(operationId: string, sounds: OperationSounds = ready): readonly string[] {
    return told(this.command({ kind: 'provideSounds', by: 'connection', operationId, sounds }));
  }

  /** What is played tells something of itself. */
  played(kind: 'playStarted' | 'playEnded', playId: string): readonly string[] {
    return told(this.media({ kind, conferenceId: this.conferenceId, playId }));
  }

  press(...tones: readonly string[]): readonly string[] {
    return tones.flatMap((tone) => told(this.line({ kind: 'dtmf', lineId: 'in-1', tone })));
  }

  wait(milliseconds: number): readonly string[] {
    return told(this.pass(milliseconds));
  }
}

/** What the application hears, and what the media processor is told of what is played. */
function told({ outputs, lines }: Outcome): readonly string[] {
  return outputs.flatMap((output, index) => {
    if (output.kind === 'application') return lines[index]?.replace('connection hears ', '') ?? [];
    if (output.kind === 'result' && !output.result.ok) return `refused ${output.result.code}`;
    return output.kind === 'media' ? mediaLine(output.command) : [];
  });
}

function mediaLine(command: MediaCommand): string {
  switch (command.kind) {
    case 'play':
      return `play ${command.playId} to ${String(command.to)}${command.isLooped ? ' over and over' : ''}: ${command.sounds.map(({ path }) => path).join()}`;
    case 'stopPlay':
      return `stop ${command.playId}`;
    case 'setSound':
      return `sound ${command.legId} ${command.sound} ${command.music?.path ?? ''}`.trim();
    case 'setHeld':
      return `held ${command.legId} ${command.isHeld}`;
    default:
      return command.kind;
  }
}

test('what is to be played waits for its sounds and its turn, and is told of from beginning to end', () => {
  const ivr = new Ivr();
  assert.deepEqual(ivr.request('one', toAll), []);
  assert.deepEqual(ivr.request('two', { ...toAll, to: [telephone], isLooped: true }), []);
  assert.deepEqual(ivr.provide('two'), [], 'the first one has no sounds yet');
  assert.deepEqual(ivr.provide('one'), ['play connection/id5 to all: /sounds/a.pcm']);
  assert.deepEqual(ivr.played('playStarted', 'connection/id5'), ['one playStarted']);
  assert.deepEqual(ivr.played('playEnded', 'connection/another'), []);
  assert.deepEqual(ivr.played('playEnded', 'connection/id5'), ['one playCompleted', 'play connection/id6 to id4 over and over: /sounds/a.pcm']);
  assert.deepEqual(told(ivr.command({ kind: 'cancelMedia', by: 'connection' })), ['stop connection/id6', 'two playCancelled']);
});

test('a file that does not come, or cannot be read any more, is told; the next one is played', () => {
  const ivr = new Ivr();
  ivr.request('one', toAll);
  ivr.request('two', toAll);
  ivr.request('three', keys);
  assert.deepEqual(ivr.provide('one', missing), ['one playFailed: unreachable 0']);
  assert.deepEqual(ivr.provide('two'), ['play connection/id5 to all: /sounds/a.pcm']);
  assert.deepEqual(told(ivr.media({ kind: 'playFailed', conferenceId: ivr.conferenceId, playId: 'connection/id5', soundIndex: 0, sentence: 'Gone.' })), ['two playFailed: unreadable 0']);
  assert.deepEqual(ivr.provide('three', missing), ['three recognitionPromptFailed: unreachable 0']);
});

test('what interrupts gives up everything before it, whether that plays, waits or is asked', () => {
  const ivr = new Ivr();
  ivr.request('one', unprompted);
  ivr.request('two', toAll);
  ivr.provide('two');
  assert.deepEqual(ivr.request('three', toAll, true), ['one recognitionCancelled', 'two playCancelled']);
  assert.deepEqual(ivr.provide('three'), ['play connection/id5 to all: /sounds/a.pcm']);
  assert.deepEqual(ivr.request('four', unprompted, true), ['stop connection/id5', 'three playCancelled']);
  assert.deepEqual(ivr.wait(4999), []);
  assert.deepEqual(ivr.wait(1), ['four failed for initialSilence']);
});

test('keys are taken until there are enough, one ends them, or none follows', () => {
  const ivr = new Ivr();
  ivr.request('many', unprompted);
  assert.deepEqual(ivr.press('1', '2', '3', '4'), ['many recognized 1234 by mostTones']);
  ivr.request('ended', unprompted);
  assert.deepEqual(ivr.press('7', '*', '#'), ['ended recognized 7* by stopTone']);
  ivr.request('nothing', unprompted);
  assert.deepEqual(ivr.press('#'), ['nothing recognized nothing by stopTone']);
  ivr.request('few', unprompted);
  ivr.press('1');
  assert.deepEqual([ivr.wait(1999), ivr.press('2'), ivr.wait(1999)], [[], [], []]);
  assert.deepEqual(ivr.wait(1), ['few failed for interToneSilence']);
  assert.deepEqual(ivr.press('5'), []);
});

test('a key during the prompt stops it and counts, or does neither', () => {
  const ivr = new Ivr();
  ivr.request('open', keys);
  assert.deepEqual(ivr.provide('open'), ['play connection/id5 to id4: /sounds/a.pcm']);
  assert.deepEqual(ivr.played('playStarted', 'connection/id5'), []);
  assert.deepEqual(ivr.press('4', '2', '#'), ['stop connection/id5', 'open recognized 42 by stopTone']);
  ivr.request('patient', { ...keys, isPromptInterruptible: false });
  ivr.provide('patient');
  assert.deepEqual(ivr.press('9'), []);
  assert.deepEqual(ivr.wait(60_000), [], 'nobody is silent while the prompt is heard');
  assert.deepEqual(ivr.played('playEnded', 'connection/id6'), []);
  assert.deepEqual(ivr.press('1', '#'), ['patient recognized 1 by stopTone']);
});

test('one key stands for a choice, and another one for none', () => {
  const ivr = new Ivr();
  ivr.request('first', choice);
  assert.deepEqual(ivr.press('2'), ['first recognized support']);
  ivr.request('second', choice);
  assert.deepEqual(ivr.press('3'), ['second failed for incorrectTone']);
});

test('keys are told one by one while an application listens, beside what it asks', () => {
  const ivr = new Ivr();
  const listen = (kind: 'listenToTones' | 'stopListeningToTones', operationId: string, target = telephone) => told(ivr.command({ kind, by: 'connection', target, operation: { operationId } }));
  assert.deepEqual([listen('listenToTones', 'all'), listen('listenToTones', 'again'), listen('listenToTones', 'nobody', bob.identifier)], [[], [], ['refused PARTICIPANT_NOT_FOUND']]);
  ivr.request('choice', choice);
  assert.deepEqual(ivr.press('1', '5'), ['all 1: 1 of 4:+15550100', 'choice recognized sales', 'all 2: 5 of 4:+15550100']);
  assert.deepEqual([listen('stopListeningToTones', 'stop'), listen('stopListeningToTones', 'stop'), ivr.press('1')], [['all toneListeningStopped'], [], []]);
});

test('keys that an application presses are told when the last one has been sent, one operation after the other', () => {
  const ivr = new Ivr();
  const press = (tones: string, operationId: string) => ivr.command({ kind: 'sendDtmf', by: 'connection', tones, target: telephone, operation: { operationId } }).lines.filter((line) => !line.startsWith('flow'));
  const after = (milliseconds: number) => told(ivr.pass(milliseconds));
  assert.deepEqual([press('12#', 'press'), press('4', 'next')], [['ok', 'line keys 12# to in-1'], ['ok', 'line keys 4 to in-1']]);
  assert.deepEqual([after(539), after(1), after(179), after(1), after(10_000)], [[], ['press tonesSent'], [], ['next tonesSent'], []]);
  for (let count = 0; count < 32; count += 1) press('0', `${count}`);
  assert.match(press('0', 'too many').join(), /^refused CALL_STATE_CONFLICT/);
});

test('keys for a telephone that leaves meanwhile have not been sent', () => {
  const ivr = new Ivr();
  ivr.command({ kind: 'addParticipant', by: 'connection', target: bob.identifier, operation: { operationId: 'add' } });
  ivr.find(bob);
  ivr.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('offer', 1) });
  ivr.legConnected('bob-1');
  ivr.command({ kind: 'sendDtmf', by: 'connection', tones: '12', target: telephone, operation: { operationId: 'press' } });
  ivr.line({ kind: 'ended', lineId: 'in-1', end: { by: 'remote' } });
  assert.deepEqual(told(ivr.pass(360)), ['press tonesNotSent']);
});

test('who is on hold hears music instead of the others, of the application or of the server, and is released when it leaves', () => {
  const ivr = new Ivr();
  const hold = (music?: typeof sound | Extract<OperationSounds, { kind: 'failed' }>['failure']) =>
    told(ivr.command({ kind: 'holdParticipant', by: 'connection', target: telephone, wish: { isHeld: true, music }, operation: { operationId: 'hold' } }));
  assert.deepEqual(hold(sound), ['held id4 true', 'sound id4 hold /sounds/a.pcm', '2: 4:+15550100 held']);
  assert.deepEqual(missing.kind === 'failed' && hold(missing.failure), ['held id4 true', 'sound id4 hold', 'hold holdFailed: unreachable 0']);
  const released = told(ivr.command({ kind: 'holdParticipant', by: 'connection', target: telephone, wish: { isHeld: false }, operation: { operationId: 'release' } }));
  assert.deepEqual(released, ['held id4 false', 'sound id4 none', '3: 4:+15550100']);
  assert.deepEqual(told(ivr.command({ kind: 'holdParticipant', by: 'connection', target: bob.identifier, wish: { isHeld: false }, operation: { operationId: 'nobody' } })), ['refused PARTICIPANT_NOT_FOUND']);
});

test('when the conference is lost what is played is over; who is asked can go on, and who waits goes on waiting', () => {
  const ivr = new Ivr();
  ivr.request('one', toAll);
  ivr.provide('one');
  ivr.request('two', unprompted);
  ivr.command({ kind: 'holdParticipant', by: 'connection', target: telephone, wish: { isHeld: true, music: sound }, operation: { operationId: 'hold' } });
  const lost = told(ivr.media({ kind: 'conferenceFailed', conferenceId: ivr.conferenceId, reason: 'MEDIA_PROCESS_LOST' }));
  assert.deepEqual(lost.filter((line) => line.startsWith('one') || line.startsWith('two')), ['one playFailed: mediaLost 0']);
  ivr.media({ kind: 'conferenceOpened', conferenceId: ivr.conferenceId, process: 'media-1' });
  assert.ok(told(ivr.lineDescribed()).some((line) => /^sound id\d+ hold \/sounds\/a\.pcm$/.test(line)));
  const snapshot = JSON.parse(JSON.stringify(ivr.machine.snapshot(ivr.now))) as CallSnapshot;
  ivr.machine = CallMachine.restore(snapshot, ivr.options, ivr.now);
  assert.deepEqual(ivr.press('1', '#'), ['two recognized 1 by stopTone']);
});

test('after a restart of the server what was played or fetched has failed, and the next one is begun', () => {
  const ivr = new Ivr();
  ivr.request('one', { ...toAll, isLooped: true });
  ivr.provide('one');
  ivr.request('two', toAll);
  ivr.request('three', unprompted);
  const snapshot = JSON.parse(JSON.stringify(ivr.machine.snapshot(ivr.now))) as CallSnapshot;
  ivr.machine = CallMachine.restore(snapshot, ivr.options, ivr.now);
  const lost = told(ivr.media({ kind: 'conferenceFailed', conferenceId: ivr.conferenceId, reason: 'MEDIA_PROCESS_LOST' }));
  assert.deepEqual(lost.filter((line) => line.includes('Failed:')), ['one playFailed: mediaLost 0', 'two playFailed: mediaLost 0']);
  assert.deepEqual(ivr.press('#'), ['three recognized nothing by stopTone']);
});

test('what nobody can hear or do is refused, and so is too much', () => {
  const ivr = new Ivr();
  assert.deepEqual(ivr.request('nobody', { ...toAll, to: [bob.identifier] }), ['refused PARTICIPANT_NOT_FOUND']);
  assert.deepEqual(ivr.request('nobody', { ...unprompted, target: bob.identifier }), ['refused PARTICIPANT_NOT_FOUND']);
  for (let count = 0; count < 32; count += 1) assert.deepEqual(ivr.request(`${count}`, toAll), []);
  assert.deepEqual(ivr.request('too much', toAll), ['refused CALL_STATE_CONFLICT']);
  assert.equal(told(ivr.command({ kind: 'cancelMedia', by: 'connection' })).length, 32);
  assert.deepEqual(ivr.provide('0'), []);
});
