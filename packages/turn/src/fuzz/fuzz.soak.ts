import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzClients } from './test-client-fuzz.ts';
import { fuzzParsers } from './test-parser-fuzz.ts';
import { ServerFuzz } from './test-server-fuzz.ts';
import { fuzzTexts } from './test-text-fuzz.ts';

/** More rounds: `FUZZ_ROUNDS=100`; other ones: `FUZZ_SEED=1000`. A round takes about half a minute. */
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 3);
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 100);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('rounds of mutants, hostile worlds and hostile servers: no failure, and the heap ends where it began', (context) => {
  const round = (seed: number): void => {
    const parsers = fuzzParsers(seed, 60_000);
    fuzzTexts(seed, 50_000);
    const { kept } = new ServerFuzz(seed).run(150_000);
    assert.equal(kept.after, kept.before);
    const { mostKept } = fuzzClients(seed, 4000);
    assert.ok(mostKept < 200);
    context.diagnostic(JSON.stringify({ seed, parsers, kept, mostKept, heapMegabytes: Math.round(heapUsed() / 2 ** 20) }));
  };
  round(firstSeed);
  const before = heapUsed();
  for (let seed = firstSeed + 1; seed < firstSeed + rounds; seed += 1) round(seed);
  assert.ok(heapUsed() < before + 10 * 2 ** 20, `the heap grew from ${before} to ${heapUsed()} bytes`);
});
