import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { LineLoss } from './line-loss.ts';

/** The state after each report, one every `intervalMs`. */
function statesAfter(shares: readonly number[], intervalMs = 5_000): string {
  const loss = new LineLoss();
  return shares.map((share, index) => {
    const before = loss.state;
    assert.equal(loss.note(share, instant(index * intervalMs)), loss.state !== before);
    return loss.state;
  }).join(' ');
}

test('a line is lossy from 3 % on, and clear again once hardly anything is lost', () => {
  assert.equal(statesAfter([0.02, 0.02, 0.02, 0.02]), 'clear clear clear clear');
  assert.equal(statesAfter([0.05, 0.05, 0.02, 0.02, 0, 0, 0]), 'clear lossy lossy lossy lossy clear clear');
  assert.equal(statesAfter([0.1, 0, 0, 0, 0]), 'lossy lossy lossy clear clear');
});

test('a line that loses 8 % is very lossy, until it loses less than 5 %', () => {
  assert.equal(statesAfter([0.2, 0.06, 0.06, 0.03, 0.03, 0, 0, 0]), 'veryLossy veryLossy veryLossy veryLossy lossy lossy lossy clear');
});

test('reports without end change nothing more often than reports do', () => {
  const changes = (states: string) => states.split(' ').filter((state, index, all) => index > 0 && state !== all[index - 1]).length;
  assert.ok(changes(statesAfter(Array.from({ length: 10_000 }, (_, index) => (Math.floor(index / 50) % 2 === 0 ? 1 : 0)), 10)) < 60);
});
