import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRelayDay } from './relay/relay-day.ts';
import { runRelayWorld } from './relay/relay-world.ts';

/** More worlds: `SIM_WORLDS=50`; other ones: `SIM_SEED=1000`. */
const worlds = Number(process.env['SIM_WORLDS'] ?? 1);
const firstSeed = Number(process.env['SIM_SEED'] ?? 1);

test('1,000 allocations of 1,250 users: none outlives its lifetime, no byte is unaccounted', (context) => {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const report = runRelayWorld(seed, { users: 1250, ports: 1000 });
    context.diagnostic(JSON.stringify({ seed, ...report }));
    const least = { allocations: 1000, expired: 180, refused: 20, portsExhausted: 10, strayed: 500, received: 5000, bytes: 5_000_000, lost: 3000, duplicated: 2000 } as const;
    for (const [name, count] of Object.entries(least)) {
      const found = report[name as keyof typeof least];
      assert.ok(found >= count, `seed ${seed} looked at only ${found} ${name}`);
    }
  }
});

test('a seed repeats its world', () => {
  const size = { users: 40, ports: 30 };
  assert.deepEqual(runRelayWorld(5, size), runRelayWorld(5, size));
  assert.notDeepEqual(runRelayWorld(5, size), runRelayWorld(6, size));
});

/** A whole day: `SIM_HOURS=240` makes it ten. */
const hours = Number(process.env['SIM_HOURS'] ?? 24);

test(`${hours} hours of users who come, vanish and come back: nothing outlives its lifetime, no byte is unaccounted, nothing grows`, (context) => {
  const report = runRelayDay(firstSeed, { hours, users: 40, ports: 18 });
  context.diagnostic(JSON.stringify(report));
  const { kept } = report;
  assert.equal(kept.atEnd, kept.atStart);
  const half = Math.floor(kept.hourly.length / 2);
  const most = (of: readonly number[]): number => Math.max(...of);
  assert.ok(most(kept.hourly.slice(half)) <= 1.5 * most(kept.hourly.slice(0, half)), `kept ${kept.hourly.join(', ')}`);
  const least = { allocations: 60, expired: 15, reboots: 80, cuts: 8, portsExhausted: 5, bytes: 1_000_000 } as const;
  for (const [name, perHour] of Object.entries(least)) {
    const found = report[name as keyof typeof least];
    assert.ok(found >= perHour * hours, `looked at only ${found} ${name}`);
  }
});
