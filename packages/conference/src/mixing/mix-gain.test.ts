import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MixGain } from './mix-gain.ts';

test('what fits is not touched', () => {
  const gain = new MixGain();
  for (const peak of [0, 0.5, 0.9]) {
    gain.follow(peak);
    assert.deepEqual([gain.from, gain.to], [1, 1]);
  }
});

test('down at once when ten speak, and back up within two seconds when one does', () => {
  const gain = new MixGain();
  gain.follow(4);
  assert.deepEqual([gain.from, gain.to, gain.overMs], [1, 0.225, 2]);
  gain.follow(0.4);
  assert.equal(gain.from, 0.225);
  assert.ok(gain.to > 0.225 && gain.to < 0.23);
  assert.equal(gain.overMs, 20);
  for (let frame = 0; frame < 100; frame += 1) gain.follow(0.4);
  assert.equal(gain.to, 1);
  assert.equal(gain.isIdle, true);
});

test('at the end of its ramp no frame is louder than allowed, and ramps join', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (peaks) => {
    const gain = new MixGain();
    let last = 1;
    for (const peak of peaks) {
      gain.follow(peak);
      assert.ok(gain.to * peak <= 0.9 + 1e-9 && gain.to <= 1 && gain.to > 0);
      assert.equal(gain.from, last);
      last = gain.to;
    }
  }));
});
