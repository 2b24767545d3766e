import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { patienceMs } from '@dialplane/testing';

/** Runs SIPp with one of its own scenarios to its end. @returns its exit code: 0 when every call went as the scenario says. */
export async function runSipp(t: TestContext, args: readonly string[]): Promise<number> {
  const child = startSipp(t, args);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? -1;
}

/** Starts SIPp and ends it with the test. */
export function startSipp(t: TestContext, args: readonly string[]): ReturnType<typeof spawn> {
  const child = spawn('sipp', ['-nostdin', '-i', '127.0.0.1', '-timeout', `${patienceMs / 1000}s`, ...args], { stdio: 'ignore', env: { ...process.env, TERM: 'dumb' } });
  t.after(() => child.kill('SIGKILL'));
  return child;
}
