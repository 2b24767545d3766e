import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkReaders, mutants } from './test-rtp-fuzz.ts';

/** More rounds: `FUZZ_ROUNDS=100`; other ones: `FUZZ_SEED=1000`. A round takes about five seconds. */
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 3);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 100);

test('rounds of mutants: every reader answers, whatever lies around the packet', (context) => {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed += 1) {
    const answers = new Set<string>();
    fc.assert(fc.property(mutants, (bytes) => void answers.add(JSON.stringify(checkReaders(bytes)).replaceAll(/\d+/g, ''))), { seed, numRuns: 100_000 });
    context.diagnostic(`seed ${seed}: ${answers.size} kinds of answers`);
    assert.ok(answers.size > 100);
  }
});
