import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runWorld } from './worlds.ts';

/** More worlds: `SIM_WORLDS=500`; other ones: `SIM_SEED=1000`. */
const worlds = Number(process.env['SIM_WORLDS'] ?? 4);
const firstSeed = Number(process.env['SIM_SEED'] ?? 1);

test('calls end once, with one record that everybody agrees with, whatever networks and controllers do', (context) => {
  const totals: Record<string, number> = {};
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    for (const [name, count] of Object.entries(runWorld(seed))) if (typeof count === 'number') totals[name] = (totals[name] ?? 0) + count;
  }
  context.diagnostic(JSON.stringify(totals));
  const least = { calls: 200, groupCalls: 50, roomCalls: 10, telephones: 60, promotions: 20, reopenings: 80, decided: 15, moved: 1, repeats: 200, restarts: 2, agreements: 1000, sharedReasons: 400, lost: 2000, duplicated: 500 };
  for (const [name, count] of Object.entries(least)) assert.ok((totals[name] ?? 0) >= count * worlds, `looked at only ${totals[name]} ${name}`);
});

test('a seed repeats its world', () => {
  const size = { users: 10, intentionsPerEndpoint: 3 };
  assert.deepEqual(runWorld(77, size), runWorld(77, size));
  assert.notDeepEqual(runWorld(77, size), runWorld(78, size));
});
