import assert from 'node:assert/strict';
import { test } from 'node:test';
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
