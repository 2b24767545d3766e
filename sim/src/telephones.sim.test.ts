import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTelephonesWorld } from './telephones/telephones-world.ts';

/** Two hours with 10,000 calls are in `telephones.soak.ts`. More worlds: `SIM_WORLDS=50`; other ones: `SIM_SEED=1000`. */
const calls = Number(process.env['SIM_CALLS'] ?? 600);
const minutes = Number(process.env['SIM_MINUTES'] ?? 15);
const worlds = Number(process.env['SIM_WORLDS'] ?? 1);
const firstSeed = Number(process.env['SIM_SEED'] ?? 1);

test(`${calls} telephone calls in ${minutes} minutes on bad links: each session ends once, each INVITE is answered once, nothing is left`, (context) => {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const report = runTelephonesWorld(seed, { telephones: 40, calls, minutes });
    context.diagnostic(JSON.stringify({ seed, ...report }));
    const least = { called: 0.8, answered: 0.5, acknowledged: 0.5, changesAgreed: 0.4, changesRefused: 0.02, early: 0.1, refused: 0.08, cancelled: 0.05, hungUp: 0.8, infos: 0.05, referrals: 0.01 } as const;
    for (const [name, perCall] of Object.entries(least)) {
      const found = report[name as keyof typeof least];
      assert.ok(found >= perCall * calls, `seed ${seed} looked at only ${found} ${name}`);
    }
    assert.ok(report.abandoned <= 0.01 * report.invites, `${report.abandoned} of ${report.invites} INVITEs had no answer`);
  }
});

test('a seed repeats its world of telephones', () => {
  const size = { telephones: 10, calls: 30, minutes: 5 };
  assert.deepEqual(runTelephonesWorld(5, size), runTelephonesWorld(5, size));
  assert.notDeepEqual(runTelephonesWorld(5, size), runTelephonesWorld(6, size));
});
