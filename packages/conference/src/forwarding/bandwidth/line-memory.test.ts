import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { LineMemory } from './line-memory.ts';

test('who comes back within a minute begins with half of what the line took, within bounds', () => {
  const lines = new LineMemory();
  const startAfter = (estimateBps: number): number | undefined => {
    lines.note('anna', estimateBps, instant(1000));
    return lines.startFor('anna', instant(61_000));
  };
  assert.equal(startAfter(2_000_000), 1_000_000);
  assert.equal(startAfter(20_000_000), 2_500_000);
  // A guess stays the guess, and a narrow line is not filled again.
  assert.equal(startAfter(300_000), 300_000);
  assert.equal(startAfter(180_000), 180_000);
  assert.equal(startAfter(400_000), 300_000);
});

test('what is older than a minute, or of somebody else, says nothing', () => {
  const lines = new LineMemory();
  lines.note('anna', 2_000_000, instant(0));
  assert.equal(lines.startFor('bert', instant(1)), undefined);
  assert.equal(lines.startFor('anna', instant(60_001)), undefined);
  lines.note('anna', 1_000_000, instant(60_002));
  assert.equal(lines.startFor('anna', instant(60_003)), 500_000);
});

test('strangers cannot make it grow: the oldest lines go first', () => {
  const lines = new LineMemory();
  for (let count = 0; count < 10_000; count += 1) lines.note(`${count}`, 2_000_000, instant(count));
  lines.note('0', 2_000_000, instant(10_000));
  lines.note('another', 2_000_000, instant(10_000));
  assert.deepEqual(['0', '1', '2', 'another'].map((identifier) => lines.startFor(identifier, instant(10_000)) !== undefined), [true, false, true, true]);
});
