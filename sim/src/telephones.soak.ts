import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTelephonesWorld } from './telephones/telephones-world.ts';

const firstSeed = Number(process.env['SIM_SEED'] ?? 1);

for (let seed = firstSeed; seed < firstSeed + 3; seed += 1) {
  test(`two hours with 10,000 telephone calls on bad links, seed ${seed}`, (context) => {
    const report = runTelephonesWorld(seed, { telephones: 40, calls: 10_000, minutes: 120 });
    context.diagnostic(JSON.stringify(report));
    assert.ok(report.called >= 8000 && report.answered >= 5000 && report.changesAgreed >= 4000 && report.referrals >= 200 && report.cancelled >= 1000, 'looked at too little');
    assert.ok(report.abandoned <= 0.01 * report.invites, `${report.abandoned} of ${report.invites} INVITEs had no answer`);
  });
}
