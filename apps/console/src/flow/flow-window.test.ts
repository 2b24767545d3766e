import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draggedWindow, endWindow, setupWindow, wholeWindow } from './flow-window.ts';
import { directCall, flowOf } from './test-flow.ts';

test('the parts of a call', () => {
  assert.deepEqual(wholeWindow(directCall), { from: 0, to: 25_002 });
  assert.deepEqual(setupWindow(directCall), { from: 0, to: 4100 });
  assert.deepEqual(endWindow(directCall), { from: 22_001, to: 25_002 });
});

test('a call of which nothing is known yet has a whole that is not empty', () => {
  assert.deepEqual(wholeWindow(flowOf([])), { from: 0, to: 1 });
  assert.deepEqual(setupWindow(flowOf([])), { from: 0, to: 1 });
});

test('a drag selects, in either direction and no further than the strip; a click does not', () => {
  const whole = { from: 0, to: 1000 };
  assert.deepEqual(draggedWindow(whole, 100, 20, 40), { from: 200, to: 400 });
  assert.deepEqual(draggedWindow(whole, 100, 40, -10), { from: 0, to: 400 });
  assert.equal(draggedWindow(whole, 100, 40, 42), undefined);
  assert.equal(draggedWindow(whole, 0, 0, 40), undefined);
});
