import assert from 'node:assert/strict';
import test from 'node:test';
import { instant, type Instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { never, VisitSchedule, type Visit, type Visited } from './visit-schedule.ts';

class Waiting implements Visited {
  readonly name: number;
  dueAt: Instant | undefined;
  visit: Visit<Visited> | undefined;

  constructor(name: number) {
    this.name = name;
  }
}

test('each is visited at its latest deadline, once, equal ones in the order in which they were noted; what does not wait is held by nothing', () => {
  const moves = fc.array(fc.record({ name: fc.nat(9), at: fc.option(fc.nat(20), { nil: undefined }) }), { maxLength: 80 });
  fc.assert(fc.property(moves, (list) => {
    const schedule = new VisitSchedule<Waiting>();
    const items = Array.from({ length: 10 }, (_, name) => new Waiting(name));
    const expected = new Map<number, number>();
    for (const { name, at } of list) {
      const item = items[name] ?? assert.fail();
      item.dueAt = at === undefined ? [undefined, never][name % 2] : instant(at);
      schedule.add(item);
      if (expected.get(name) === at) continue;
      expected.delete(name);
      if (at !== undefined) expected.set(name, at);
    }
    const inOrder = [...expected].toSorted(([, a], [, b]) => a - b);
    assert.equal(schedule.next(), inOrder[0]?.[1]);
    const visited: Array<[number, number]> = [];
    for (let now = 0; now <= 20; now += 1) {
      for (let item = schedule.takeDue(instant(now)); item !== undefined; item = schedule.takeDue(instant(now))) visited.push([item.name, now]);
    }
    assert.deepEqual(visited, inOrder);
    assert.equal(schedule.next(), undefined);
    assert.ok(items.every(({ visit }) => visit === undefined));
  }));
});
