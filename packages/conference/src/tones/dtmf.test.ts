import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDtmf, keypad } from './dtmf-signals.ts';
import { addSine } from './oscillator.ts';
import { floatsOf, keysIn, noise, pcmOf, spandspTest, telephoneSpeech } from './test-telephone-sound.ts';

/** Keys with silence between them, at 8,000 Hz. */
function pressed(keys: string, onMs = 100, offMs = 80): Float32Array {
  const [on, off] = [onMs * 8, offMs * 8];
  const samples = new Float32Array(keys.length * (on + off));
  for (const [index, tone] of [...keys].entries()) addDtmf(samples, index * (on + off), on, { tone, rate: 8000, index: 0 });
  return samples;
}

spandspTest('another implementation finds every key that is pressed here, and the other way round', (_t, runSpandsp) => {
  assert.equal(runSpandsp(['detect'], pcmOf(pressed(keypad))).toString(), keypad);
  for (const [onMs, offMs] of [[40, 40], [50, 50], [100, 70], [1000, 300]] as const) {
    const samples = floatsOf(runSpandsp(['generate', keypad, '-10', '0', String(onMs), String(offMs)]));
    for (let shift = 0; shift < 102; shift += 17) assert.equal(keysIn(samples.subarray(shift)), keypad, `${onMs} ms, ${offMs} ms`);
  }
});

spandspTest('soft and loud, with one frequency 8 dB stronger than the other, in noise 15 dB below (ITU-T Q.24)', (_t, runSpandsp) => {
  for (const twist of [-8, -4, 0, 4, 8]) {
    for (const level of [-12, -18, -24]) {
      const samples = floatsOf(runSpandsp(['generate', keypad, String(level), String(twist), '50', '50']));
      assert.equal(keysIn(samples), keypad, `twist ${twist} dB at ${level} dBm0`);
    }
  }
  const clean = floatsOf(runSpandsp(['generate', keypad.repeat(4), '-10', '0', '50', '50']));
  const power = 10 ** ((-10 - 3.14) / 10);
  const noisy = noise(clean.length, Math.sqrt(power * 10 ** -1.5));
  assert.equal(keysIn(clean.map((sample, index) => sample + (noisy[index] ?? 0))), keypad.repeat(4));
});

test('frequencies may be 1.5 % off, and are none from 3.5 % on', () => {
  const offBy = (share: number): Float32Array => {
    const samples = new Float32Array(800);
    addSine(samples, 0, 800, { frequencyHz: 852 * (1 + share), amplitude: 0.2, rate: 8000, index: 0 });
    addSine(samples, 0, 800, { frequencyHz: 1477 * (1 + share), amplitude: 0.2, rate: 8000, index: 0 });
    return samples;
  };
  for (const share of [-0.015, 0, 0.015]) assert.equal(keysIn(offBy(share)), '9', `${share}`);
  for (const share of [-0.06, 0.06]) assert.equal(keysIn(offBy(share)), '', `${share}`);
});

test('20 ms are no key, and an interruption of 10 ms begins no second one', () => {
  assert.equal(keysIn(pressed('5', 20, 500)), '');
  const held = pressed('5', 300, 100);
  held.fill(0, 1000, 1080);
  assert.equal(keysIn(held), '5');
});

test('voices and single tones press no key', () => {
  const text = 'One two three four five six seven eight nine zero. Who would know you are aware of all we do? Lots of aluminium oars are in our auditorium, where eleven owls howl in a hollow. '.repeat(3);
  for (const voice of ['en', 'en+f3', 'en+m7', 'de', 'de+f2', 'fr', 'es+f4', 'it', 'pl', 'tr+m3']) {
    const spoken = telephoneSpeech(voice, text);
    assert.ok(spoken.length > 8000 * 20);
    assert.equal(keysIn(spoken), '', voice);
    assert.equal(keysIn(spoken.map((sample) => Math.max(-1, Math.min(1, sample * 4)))), '', `${voice}, shouted into the microphone`);
  }
  for (const frequencyHz of [400, 425, 440, 697, 941, 1209, 1633, 2100]) {
    const single = new Float32Array(8000);
    addSine(single, 0, 8000, { frequencyHz, amplitude: 0.5, rate: 8000, index: 0 });
    assert.equal(keysIn(single), '', `${frequencyHz} Hz`);
  }
  assert.equal(keysIn(noise(80_000, 0.2)), '');
});

test('a key in any piece of a signal is the same at every rate, and nothing else is written', () => {
  fc.assert(fc.property(fc.constantFrom(...keypad), fc.constantFrom(8000, 16_000, 48_000), fc.integer({ min: 1, max: 400 }), (tone, rate, piece) => {
    const whole = new Float32Array(1000);
    addDtmf(whole, 0, 1000, { tone, rate, index: 0 });
    const pieces = new Float32Array(1000);
    for (let at = 0; at < 1000; at += piece) addDtmf(pieces, at, Math.min(piece, 1000 - at), { tone, rate, index: at });
    assert.ok(whole.every((sample, index) => Math.abs(sample - (pieces[index] ?? 9)) < 1e-4 && Math.abs(sample) < 0.6));
  }));
  const untouched = new Float32Array(10);
  addDtmf(untouched, 0, 10, { tone: 'x', rate: 8000, index: 0 });
  assert.deepEqual(untouched, new Float32Array(10));
});
