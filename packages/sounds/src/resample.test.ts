import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resample } from './resample.ts';
import { amplitudeAt, sine } from './test-wav.ts';

for (const [from, to] of [[11_025, 16_000], [22_050, 48_000], [44_100, 48_000], [32_000, 48_000], [9001, 16_000]] as const) {
  test(`${from} samples a second become ${to}: a tone keeps its loudness, and its mirror image is not heard`, () => {
    const frequencyHz = Math.round(from * 0.35);
    const made = resample(sine(frequencyHz, from), from, to);
    assert.equal(made.length, Math.floor((Math.round(from / 2) * to) / from));
    const middle = made.subarray(1000, -1000);
    assert.ok(Math.abs(amplitudeAt(frequencyHz, middle, to) - 0.5) < 0.01, `${amplitudeAt(frequencyHz, middle, to)}`);
    const mirrorHz = from - frequencyHz;
    if (mirrorHz < to / 2) assert.ok(amplitudeAt(mirrorHz, middle, to) < 0.005, `${amplitudeAt(mirrorHz, middle, to)}`);
  });
}

test('a rate that is right is left alone', () => {
  const samples = sine(440, 16_000);
  assert.equal(resample(samples, 16_000, 16_000), samples);
});
