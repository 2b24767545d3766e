import { execFile } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { missingOf, skipWithout } from '@dialplane/testing';

/** Programs of Debian's package `coturn`. */
type CoturnProgram = 'turnutils_uclient' | 'turnutils_stunclient' | 'turnutils_natdiscovery' | 'turnserver';

/** A test with coturn as the other side, whose parts run beside each other: where it is not installed it is skipped and says so, in CI it fails. */
export function coturnTest(name: string, run: (t: TestContext) => Promise<void>): void {
  test(name, { concurrency: true, skip: skipWithout(missingOf('turnserver')) }, run);
}

/** What a program said and how it ended: its exit code, or `null` for one that was ended when its time was over. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of coturn's programs to its end, or ends it after `timeoutMs`. */
export async function runCoturn(program: CoturnProgram, words: readonly string[], timeoutMs = 60_000): Promise<ProgramEnd> {
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  execFile(program, words, { timeout: timeoutMs }, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
    resolve({ code, output: stdout + stderr });
  });
  return promise;
}

/** What `turnutils_uclient` counted. */
export interface UclientCounts {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
}

/** The counts at the end of a run; `undefined` where it did not come to one. */
export function uclientCounts(output: string): UclientCounts | undefined {
  const lost = /Total lost packets (\d+)/.exec(output);
  const counted = [...output.matchAll(/tot_send_msgs=(\d+), tot_recv_msgs=(\d+)$/gm)].at(-1);
  return lost === null || counted === undefined ? undefined : { sent: Number(counted[1]), received: Number(counted[2]), lost: Number(lost[1]) };
}
