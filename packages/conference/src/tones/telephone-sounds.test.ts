import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComfortNoise } from './comfort-noise.ts';
import { DtmfQueue } from './dtmf-queue.ts';
import { addHoldMusic } from './hold-music.ts';
import { addProgressTone } from './progress-tone.ts';

function amplitudeAt(frequencyHz: number, samples: Float32Array, rate = 8000): number {
  const [cosine, sine] = samples.reduce(([c, s], sample, index) => [c + sample * Math.cos((2 * Math.PI * frequencyHz * index) / rate), s + sample * Math.sin((2 * Math.PI * frequencyHz * index) / rate)], [0, 0]);
  return (2 * Math.hypot(cosine, sine)) / samples.length;
}

function rootMeanSquare(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

test('a ringing tone has the frequencies and the pauses of its country, in pieces of any length', () => {
  for (const [country, rate, frequencies, sound, pause] of [['US', 8000, [440, 480], [0, 2], [2, 6]], ['de', 48_000, [425], [0, 1], [1, 5]], ['GB', 16_000, [400, 450], [0.6, 1], [1, 3]]] as const) {
    const whole = new Float32Array(12 * rate);
    for (let at = 0; at < whole.length; at += 320) addProgressTone(whole, at, Math.min(320, whole.length - at), { kind: 'ringback', country, rate, index: at });
    const between = ([from, to]: readonly [number, number]): Float32Array => whole.subarray(from * rate, to * rate);
    for (const frequencyHz of frequencies) assert.ok(Math.abs(amplitudeAt(frequencyHz, between(sound), rate) - 10 ** (-21.14 / 20)) < 0.005, `${country} ${frequencyHz}`);
    assert.equal(rootMeanSquare(between(pause)), 0);
    fc.assert(fc.property(fc.integer({ min: 0, max: 11 * rate }), fc.integer({ min: 1, max: 1000 }), (index, count) => {
      const piece = new Float32Array(count);
      addProgressTone(piece, 0, count, { kind: 'ringback', country, rate, index });
      assert.ok(piece.every((sample, place) => Math.abs(sample - (whole[index + place] ?? 0)) < 1e-3));
    }), { numRuns: 50 });
  }
});

test('hold music is there at any time, softer than a voice, and has no steps', () => {
  const music = new Float32Array(8000 * 30);
  for (let at = 0; at < music.length; at += 160) addHoldMusic(music, at, 160, { rate: 8000, index: at });
  for (let at = 0; at < music.length; at += 8000) {
    const loudness = rootMeanSquare(music.subarray(at, at + 8000));
    assert.ok(loudness > 0.02 && loudness < 0.1, `${loudness}`);
  }
  const steepest = music.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (music[index - 1] ?? 0))), 0);
  assert.ok(steepest < 0.12, `${steepest}`);
});

test('comfort noise is as loud as it was told, with a colour and without', () => {
  const noise = new ComfortNoise();
  assert.equal(noise.describe(new Uint8Array(), 0, 0), false);
  for (const level of [30, 50, 70]) {
    for (const colour of [[], [200], [40, 180, 120], Array.from({ length: 20 }, () => 127)]) {
      assert.equal(noise.describe(Uint8Array.of(9, level, ...colour), 1, 1 + colour.length), true);
      const samples = new Float32Array(40_000);
      for (let at = 0; at < samples.length; at += 160) noise.fill(samples, at, 160);
      assert.ok(Math.abs(-20 * Math.log10(rootMeanSquare(samples)) - level) < 1.5, `${level} ${colour}: ${-20 * Math.log10(rootMeanSquare(samples))}`);
    }
  }
});

test('no description of comfort noise is ever loud', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes) => {
    const noise = new ComfortNoise();
    noise.describe(bytes, 0, bytes.length);
    const samples = new Float32Array(4000);
    noise.fill(samples, 0, samples.length);
    assert.ok(samples.every((sample) => Number.isFinite(sample)));
    assert.ok(rootMeanSquare(samples) < 3 * 10 ** (-((bytes[0] ?? 0) & 127) / 20));
  }));
});

test('keys are pressed one after the other for 100 ms each, and only keys', () => {
  const queue = new DtmfQueue();
  assert.equal(queue.next(), undefined);
  queue.add('1x#');
  queue.add('a');
  const frames = Array.from({ length: 28 }, () => queue.next());
  assert.deepEqual(frames.map((frame) => (frame === undefined ? '-' : frame.part === 'pause' ? '.' : frame.tone)).join(''), '11111....#####....AAAAA....-');
  assert.deepEqual(frames.flatMap((frame) => (frame?.isLast === true ? frame.index : [])), [4, 4, 4]);
  assert.equal(queue.isEmpty, true);
  queue.add('1'.repeat(1000));
  let pressed = 0;
  for (let frame = queue.next(); frame !== undefined; frame = queue.next()) pressed += frame.isLast ? 1 : 0;
  assert.equal(pressed, 64);
});
