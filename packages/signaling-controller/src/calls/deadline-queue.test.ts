import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { DeadlineQueue } from './deadline-queue.ts';

test('whatever is armed comes up once, in order, and never late', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: fc.integer({ min: 0, max: 20 }), at: fc.nat(100), forget: fc.boolean() })), (steps) => {
      const queue = new DeadlineQueue();
      const expected = new Map<string, number>();
      for (const { key, at, forget } of steps) {
        const name = String(key);
        if (forget) {
          queue.forget(name);
          expected.delete(name);
        } else {
          queue.arm(name, instant(at));
          expected.set(name, Math.min(at, expected.get(name) ?? Number.POSITIVE_INFINITY));
        }
      }
      for (let now = 0; now <= 100; now += 1) {
        const due = [...expected].filter(([, at]) => at <= now).map(([key]) => key);
        for (const key of due) expected.delete(key);
        assert.deepEqual(queue.takeDue(instant(now)).sort(), due.sort());
      }
      assert.equal(queue.next(), undefined);
    }),
  );
});
