import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../network/host.ts';

const scenarios = join(import.meta.dirname, '../../sipp');

export interface SippPlan {
  /** Name of a file in `lab/sipp`, without its ending. */
  readonly scenario: string;
  /** Where its first request goes: `203.0.113.5:5060`. */
  readonly target: string;
  /** User part of the Request-URI. */
  readonly service: string;
  /** User part of From. */
  readonly caller: string;
  /** The dialog that its call takes the place of, as a Replaces header field has it (RFC 3891 §6.1). */
  readonly replaces?: string;
}

/** Runs one call of a scenario to its end; rejects with what went otherwise than the scenario says. */
export async function runSipp(host: Host, { scenario, target, service, caller, replaces }: SippPlan): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-sipp-'));
  try {
    const sipp = host.start('sipp', [
      '-sf', join(scenarios, `${scenario}.xml`), '-m', '1', '-i', host.address, '-p', '5060', '-mi', host.address, '-s', service, '-key', 'caller', caller, ...(replaces === undefined ? [] : ['-key', 'replaces', replaces]),
      '-trace_err', '-nostdin', '-timeout', '120s', '-timeout_error', target,
    ], { cwd: folder, env: { ...process.env, TERM: 'dumb' } });
    const status = await sipp.ended;
    if (status === 0) return;
    const errors = (await readdir(folder)).filter((name) => name.endsWith('_errors.log'));
    const complaints = await Promise.all(errors.map((name) => readFile(join(folder, name), 'utf8')));
    throw new Error(`sipp ended with ${status} in ${scenario}:\n${complaints.join('\n') || sipp.tail()}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
