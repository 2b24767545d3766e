import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, signOf, telephoneKeys, toneOf } from './telephone-key.ts';

test('every key has a tone that reads as the key', () => {
  assert.deepEqual(telephoneKeys.map((key) => signOf(toneOf(key))), [...telephoneKeys]);
  assert.deepEqual([toneOf('*'), toneOf('#'), toneOf('5')], ['Star', 'Pound', 'Num5']);
  assert.deepEqual([signOf('A'), signOf('Flash')], ['A', 'Flash']);
});

test('only the keys of a telephone are keys', () => {
  assert.deepEqual(['7', '#', '*', 'a', '10', 'Enter', ''].map(keyOf), ['7', '#', '*', undefined, undefined, undefined, undefined]);
});
