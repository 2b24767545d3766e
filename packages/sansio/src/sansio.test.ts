import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMilliseconds, Deadlines, earliest, instant, OutputQueue, roundedUp, seededRandomness, UnreadBytes } from './index.ts';

test('deadlines fire earliest first, once, and not before they are due', () => {
  const deadlines = new Deadlines<'ring' | 'grace' | 'drop'>();
  deadlines.set('grace', instant(20));
  deadlines.set('ring', instant(10));
  deadlines.set('drop', instant(30));
  assert.equal(deadlines.next(), 10);
  assert.deepEqual(deadlines.takeDue(instant(9)), []);
  assert.deepEqual(deadlines.takeDue(instant(20)), ['ring', 'grace']);
  assert.deepEqual(deadlines.takeDue(instant(20)), []);
  deadlines.clear('drop');
  assert.equal(deadlines.next(), undefined);
});

test('re-arming a deadline replaces it', () => {
  const deadlines = new Deadlines<'ring'>();
  deadlines.set('ring', instant(10));
  deadlines.set('ring', instant(50));
  assert.deepEqual(deadlines.takeDue(instant(10)), []);
  assert.deepEqual(deadlines.list(), [['ring', 50]]);
});

test('outputs come in their order, also those that are put between polls', () => {
  const outputs = new OutputQueue<string>();
  assert.equal(outputs.poll(), undefined);
  for (const output of ['a', 'b']) outputs.put(output);
  assert.equal(outputs.poll(), 'a');
  outputs.put('c');
  assert.deepEqual([outputs.poll(), outputs.poll(), outputs.poll()], ['b', 'c', undefined]);
  outputs.put('d');
  assert.equal(outputs.poll(), 'd');
});

test('earliest ignores what is absent', () => {
  assert.equal(earliest(undefined, instant(3)), 3);
  assert.equal(earliest(instant(2), instant(3)), 2);
  assert.equal(earliest(undefined, undefined), undefined);
  assert.equal(addMilliseconds(instant(2), 5), 7);
  assert.deepEqual([40, 40.1, 59, 60].map((at) => roundedUp(instant(at), 20)), [40, 60, 60, 60]);
});

test('seeded randomness repeats from its seed and spreads over 32 bits', () => {
  const a = seededRandomness(7);
  const b = seededRandomness(7);
  const first = Array.from({ length: 1000 }, () => a.nextUint32());
  assert.deepEqual(first, Array.from({ length: 1000 }, () => b.nextUint32()));
  assert.notDeepEqual(first.slice(0, 4), Array.from({ length: 4 }, ((r) => () => r.nextUint32())(seededRandomness(8))));
  const mean = first.reduce((sum, n) => sum + n, 0) / first.length / 2 ** 32;
  assert.ok(mean > 0.45 && mean < 0.55, `mean ${mean}`);
});

test('unread bytes are one run however they came; what is taken stays as it was', () => {
  const whole = Uint8Array.from({ length: 100 }, (_, index) => index + 1);
  for (const size of [1, 3, 7, 100]) {
    const unread = new UnreadBytes();
    const taken: Uint8Array[] = [];
    for (let at = 0; at < whole.length; at += size) {
      unread.push(whole.slice(at, at + size));
      unread.detach();
      assert.equal(unread.at(0), unread.view[0]);
      assert.equal(unread.at(unread.length), 0);
      while (unread.length >= 10) taken.push(unread.take(10));
    }
    assert.deepEqual(Uint8Array.from(Buffer.concat(taken)), whole, `chunks of ${size}`);
    assert.equal(unread.length, 0);
    assert.equal(unread.take(5).length, 0);
  }
  const unread = new UnreadBytes();
  unread.push(whole);
  unread.clear();
  assert.equal(unread.view.length, 0);
});
