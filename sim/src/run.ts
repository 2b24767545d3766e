/** Runs one simulated world, or several: `node sim/src/run.ts --seed 7 [--worlds 100] [--users 40] [--intentions 8]`. */
import { parseArgs } from 'node:util';
import { runCalls } from './calls/scenario.ts';
import { commandFor, worldSizes } from './worlds.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '1' },
    users: { type: 'string', default: String(worldSizes.users) },
    intentions: { type: 'string', default: String(worldSizes.intentionsPerEndpoint) },
  },
});
const first = Number(values.seed);
const size = { users: Number(values.users), intentionsPerEndpoint: Number(values.intentions) };
for (let seed = first; seed < first + Number(values.worlds); seed += 1) {
  try {
    process.stdout.write(`${JSON.stringify(runCalls({ seed, ...size }))}\n`);
  } catch (error) {
    process.stderr.write(`seed ${seed} failed; repeat it with: ${commandFor(seed, size)}\n`);
    throw error;
  }
}
