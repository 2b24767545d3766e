import { runCalls, type CallsReport } from './calls/scenario.ts';

/** The size of a world of calls, where nothing else is asked for. */
export const worldSizes = { users: 40, intentionsPerEndpoint: 8 } as const;

export interface WorldSize {
  readonly users: number;
  readonly intentionsPerEndpoint: number;
}

/** The command that runs the world of a seed again. */
export function commandFor(seed: number, size: WorldSize): string {
  return `node sim/src/run.ts --seed ${seed} --users ${size.users} --intentions ${size.intentionsPerEndpoint}`;
}

/** Runs a world; what a checker finds is thrown with the command that repeats it. */
export function runWorld(seed: number, size: WorldSize = worldSizes): CallsReport {
  try {
    return runCalls({ seed, ...size });
  } catch (error) {
    throw new Error(`The world of seed ${seed} broke a rule. Repeat it with: ${commandFor(seed, size)}`, { cause: error });
  }
}
