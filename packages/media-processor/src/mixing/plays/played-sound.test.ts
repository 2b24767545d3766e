import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amplitudeAt, rateOf, soundFile, Talker, TestMix, tone, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const telephone = { codec: 'PCMU', inSilence: 'frames' } as const;

test('what is played to all is one voice more, encoded once, and the others are heard with it', { skip }, (t) => {
  const room = new TestMix();
  room.join(1, { codec: 'opus' }, ['opus']);
  const listeners = [room.join(2, { codec: 'opus' }), room.join(3, { codec: 'opus' })];
  const talker = new Talker(room.kernels, 'opus', tone(500));
  room.mix.plays.start(9, { listeners: 'all', sounds: [soundFile(t, tone(1000, { rate: 16_000 }), 16_000)], isLooped: false });
  room.run(100, (_tick, at) => [[1, talker.next(at, 20)]]);
  assert.deepEqual(room.outcomes, [[9, { kind: 'started' }], [9, { kind: 'ended' }]]);
  for (const hearer of listeners) {
    const [during, after] = [hearer.between(0.3, 0.9), hearer.between(1.2, 1.8)];
    assert.ok(amplitudeAt(1000, during) > 0.12 && amplitudeAt(500, during) > 0.12);
    assert.ok(amplitudeAt(1000, after) < 0.005 && amplitudeAt(500, after) > 0.15);
  }
  assert.ok(room.recipientCounts.filter((count) => count === 2).length > 90, 'those who only listen share frames');
});

test('what is played to one is heard by nobody else, above the others, and not while keys are pressed for it', { skip }, (t) => {
  const room = new TestMix();
  room.join(1, undefined, ['opus']);
  const [chosen, other] = [room.join(2, telephone, ['PCMU']), room.join(3, telephone, ['PCMU'])];
  const talker = new Talker(room.kernels, 'opus', tone(500));
  room.mix.plays.start(9, { listeners: [2], sounds: [soundFile(t, tone(1000, { rate: 8000 }), 8000)], isLooped: true });
  room.run(100, (_tick, at) => [[1, talker.next(at, -1)]]);
  room.mix.sendDtmf(2, '5');
  room.run(50, (_tick, at) => [[1, talker.next(at, -1)]]);
  const loudness = (hearer: typeof chosen, frequencyHz: number, from: number, to: number): number => amplitudeAt(frequencyHz, hearer.between(from, to), 8000);
  assert.ok(loudness(chosen, 1000, 0.5, 2) > 0.15 && loudness(chosen, 500, 0.5, 2) > 0.15);
  assert.ok(loudness(chosen, 1000, 2.02, 2.08) < 0.02 && loudness(chosen, 770, 2.02, 2.08) > 0.2);
  assert.ok(loudness(other, 1000, 0.5, 3) < 0.005 && loudness(other, 500, 0.5, 3) > 0.15);
  room.mix.plays.setListeners(9, [3]);
  room.run(50, () => []);
  assert.ok(loudness(chosen, 1000, 3.2, 4) < 0.005 && loudness(other, 1000, 3.2, 4) > 0.15);
});

for (const [rate, codec] of [[8000, 'opus'], [16_000, 'PCMU'], [16_000, 'G722'], [48_000, 'PCMA'], [48_000, 'opus']] as const) {
  test(`a sound of ${rate} Hz is heard in ${codec} by who is alone, as well as the codec has it`, { skip }, (t) => {
    const room = new TestMix();
    const hearer = room.join(1, { codec });
    const frequencyHz = Math.min(rate, rateOf(codec).samples * 50) / 4 - 500;
    room.mix.plays.start(1, { listeners: 'all', sounds: [soundFile(t, tone(frequencyHz, { rate }), rate)], isLooped: false });
    room.run(60, () => []);
    const loudness = amplitudeAt(frequencyHz, hearer.between(0.2, 0.9), rateOf(codec).samples * 50);
    assert.ok(loudness > 0.15 && loudness < 0.25, `${loudness}`);
  });
}

test('sounds follow each other without a gap, and again from the first where they are looped', { skip }, (t) => {
  const room = new TestMix();
  const hearer = room.join(1, telephone, ['PCMU']);
  // 101 whole waves of 1000 Hz and no whole number of frames: where the two meet there is no step.
  const sounds = [soundFile(t, tone(1000, { rate: 8000, seconds: 0.101 }), 8000), soundFile(t, tone(1000, { rate: 8000, seconds: 0.033 }), 8000)];
  room.mix.plays.start(1, { listeners: [1], sounds, isLooped: true });
  room.run(200, () => []);
  assert.ok(amplitudeAt(1000, hearer.between(0, 4), 8000) > 0.195);
  room.mix.plays.stop(1);
  room.run(10, () => []);
  assert.ok(hearer.between(4.02, 4.2).every((sample) => Math.abs(sample) < 0.001));
  assert.deepEqual(room.outcomes, [[1, { kind: 'started' }]]);
});

test('a sound that cannot be read is told by its place, after those before it', { skip }, (t) => {
  const room = new TestMix();
  room.join(1, telephone, ['PCMU']);
  const sounds = [soundFile(t, tone(1000, { rate: 8000, seconds: 0.1 }), 8000), { path: '/nowhere/sound.pcm', sampleRate: 16_000 } as const];
  room.mix.plays.start(3, { listeners: 'all', sounds, isLooped: false });
  room.mix.plays.start(4, { listeners: 'all', sounds: [soundFile(t, new Float32Array(0), 8000)], isLooped: true });
  room.run(20, () => []);
  assert.deepEqual(room.outcomes, [[3, { kind: 'started' }], [4, { kind: 'failed', soundIndex: 0 }], [3, { kind: 'failed', soundIndex: 1 }]]);
});

test('time goes on where nobody listens', { skip }, (t) => {
  const room = new TestMix();
  room.mix.plays.start(1, { listeners: 'all', sounds: [soundFile(t, tone(1000, { rate: 8000, seconds: 0.2 }), 8000)], isLooped: false });
  assert.ok(room.mix.isActive);
  room.run(11, () => []);
  assert.deepEqual([room.outcomes.map(([, { kind }]) => kind), room.mix.isActive], [['started', 'ended'], false]);
});

test('who is on hold hears the music of a file, over and over, and the melody of ours where that cannot be read', { skip }, (t) => {
  const room = new TestMix();
  const [music, none] = [room.join(1, telephone, ['PCMU']), room.join(2, telephone, ['PCMU'])];
  room.mix.setSound(1, { kind: 'hold', music: soundFile(t, tone(1000, { rate: 16_000, seconds: 0.5 }), 16_000) });
  room.mix.setSound(2, { kind: 'hold', music: { path: '/nowhere', sampleRate: 16_000 } });
  room.run(100, () => []);
  assert.ok(amplitudeAt(1000, music.between(0.1, 2), 8000) > 0.15);
  assert.ok(amplitudeAt(1000, none.between(0.1, 2), 8000) < 0.01 && none.between(0.1, 2).some((sample) => Math.abs(sample) > 0.05));
  room.mix.close();
  assert.equal(room.workspace.areasInUse, 0);
});
