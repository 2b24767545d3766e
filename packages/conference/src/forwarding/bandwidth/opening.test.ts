import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Opening } from './opening.ts';

const bytes = 1000;

/** Packets of 400 kbit/s, with how long each is on the way. */
function openingOf(delays: readonly number[]): Opening {
  const opening = new Opening();
  for (const [index, delayMs] of delays.entries()) opening.noteArrived(bytes, 20 * index, 5000 + 20 * index + delayMs);
  return opening;
}

test('packets that are each 20 ms longer on the way than the one before tell a line of half their rate', () => {
  assert.equal(openingOf([40, 60, 80]).fullBps(), undefined, 'so far it may be jitter');
  assert.equal(openingOf([40, 60, 80, 100, 120]).fullBps(), 200_000);
  assert.equal(openingOf([40, 41, 40, 42, 40, 60, 80, 100, 120]).fullBps(), 200_000, 'since the queue was last empty');
});

test('a line that takes them, a jump of the way and a wait that is over tell nothing', () => {
  assert.equal(openingOf([40, 40, 40, 40, 40, 40]).fullBps(), undefined);
  assert.equal(openingOf([40, 70, 60, 50, 70, 55, 65]).fullBps(), undefined, 'jitter of 30 ms');
  assert.equal(openingOf([40, 200, 180, 160, 140, 120, 100, 80]).fullBps(), undefined);
  assert.equal(openingOf([40, ...Array.from({ length: 40 }, () => 100)]).fullBps(), undefined);
});
