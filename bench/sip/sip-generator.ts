import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findNodeHeaders } from '@dialplane/kernels';
import type { SipPlaces } from './sip-server.ts';

export type SipScenario = 'calls' | 'register' | 'options';

/** What the generator reports of one run; see generator/main.cc for what it is asked. */
export interface SipRun {
  readonly seconds: number;
  /** Time on CPU of all processes of the server while it was measured. */
  readonly serverCpuNs: number;
  readonly generatorShare: number;
  readonly completed: number;
  readonly failed: number;
  readonly retransmitted: number;
  /** From the request to the first answer beyond 100. */
  readonly delayMedianUs: number;
  readonly delay99Us: number;
}

export interface SipLoad {
  readonly warmup: number;
  readonly seconds: number;
  readonly inFlight: number;
  /** Begun a second; without it as fast as they are answered. */
  readonly rate?: number;
}

/** Builds the generator with g++ against the OpenSSL of this machine, with the headers that came with Node. @returns its path. */
export async function buildSipGenerator(folder: string): Promise<string> {
  const sources = globSync('*.cc', { cwd: join(import.meta.dirname, 'generator') }).map((name) => join(import.meta.dirname, 'generator', name));
  const program = join(folder, 'sip-generator');
  const headers = findNodeHeaders();
  if (headers === undefined) throw new Error('there are no headers of this Node, and with them none of OpenSSL');
  await promisify(execFile)('g++', ['-std=c++20', '-O2', '-Wall', '-Wextra', '-I', join(headers, 'include/node'), '-o', program, ...sources, '-l:libcrypto.so.3']);
  return program;
}

/** Loads a server from a core of its own. Without processes nothing is measured but delays. */
export async function runSipLoad(program: string, core: number, scenario: SipScenario, places: SipPlaces, pids: readonly number[], load: SipLoad): Promise<SipRun> {
  const words = [
    scenario, `host=${places.host}`, `server=${places.serverPort}`, `client=${places.clientPort}`, `uas=${places.uasPort}`, `pids=${pids.join(',')}`,
    ...Object.entries(load).map(([key, value]) => `${key}=${value}`),
  ];
  const { stdout } = await promisify(execFile)('taskset', ['--cpu-list', String(core), program, ...words.filter((word) => !word.endsWith('='))]);
  return JSON.parse(stdout) as SipRun;
}
