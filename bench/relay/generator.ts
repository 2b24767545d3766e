import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findNodeHeaders } from '@dialplane/kernels';

/** What the generator reports of one run; see generator/main.cc for what it is asked. */
export interface GeneratorResult {
  readonly seconds: number;
  /** Time on CPU of all threads of the server while it was measured. */
  readonly serverCpuNs: number;
  /** Share of a core in use, 0..1. */
  readonly serverShare: number;
  readonly generatorShare: number;
  /** Packets that came out at the far end, or answers. */
  readonly delivered: number;
  /** Packets that went in over the whole run, its warm-up included, and those that never came out; absent for requests. */
  readonly sent?: number;
  readonly lost?: number;
  readonly corrupt: number;
  /** 0 in a saturated run, where it would say how long the queues are. */
  readonly latencyMedianUs?: number;
}

/** A server under load: where it listens, and the process whose time on CPU counts. */
export interface LoadedServer extends AsyncDisposable {
  /** IPv4 address and port, for UDP and TCP. */
  readonly address: string;
  /** For TLS. */
  readonly tlsAddress: string;
  readonly pid: number;
}

/** What both servers' passwords are made from (time-limited credentials), and which names the generator uses. */
export const loadCredentials = { secret: 'benchmark-secret', expirySeconds: 2_000_000_000, users: 1000 } as const;

/** How long a run may take before it is given up. */
const patienceMs = 60_000;

/** Builds the generator with g++ against the OpenSSL of this machine, with the headers that came with Node. @returns its path. */
export async function buildGenerator(folder: string): Promise<string> {
  const sources = globSync('*.cc', { cwd: join(import.meta.dirname, 'generator') }).map((name) => join(import.meta.dirname, 'generator', name));
  const program = join(folder, 'generator');
  const headers = findNodeHeaders();
  if (headers === undefined) throw new Error('there are no headers of this Node, and with them none of OpenSSL');
  await promisify(execFile)('g++', ['-std=c++20', '-O2', '-Wall', '-Wextra', '-I', join(headers, 'include/node'), '-o', program, ...sources, '-l:libssl.so.3', '-l:libcrypto.so.3']);
  return program;
}

/** Loads a server from a core of its own. */
export class Generator {
  private readonly program: string;
  private readonly core: number;

  constructor(program: string, core: number) {
    this.program = program;
    this.core = core;
  }

  /** @throws when the server misbehaved: refused, stayed silent, or damaged a packet. */
  async run(server: LoadedServer, command: string, options: Readonly<Record<string, string | number>>): Promise<GeneratorResult> {
    const running = promisify(execFile)('taskset', this.words(server, command, options), { timeout: patienceMs });
    const { stdout } = await running.catch((failure: { readonly stderr?: string }) => {
      throw new Error(`the generator gave up: ${failure.stderr}`, { cause: failure });
    });
    const result = JSON.parse(stdout) as GeneratorResult;
    if (result.delivered === 0 || result.corrupt > 0) throw new Error(`${command} ${JSON.stringify(options)}: ${stdout}`);
    return result;
  }

  /** Has the server hold allocations with a channel each while it is looked at. */
  async hold<Seen>(server: LoadedServer, allocations: number, look: () => Seen): Promise<Seen> {
    const child: ChildProcess = spawn('taskset', this.words(server, 'hold', { allocations }), { stdio: ['pipe', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('the generator has no output');
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])) as [unknown];
    if (typeof line !== 'string') throw new Error(`the generator could not open ${allocations} allocations`);
    const seen = look();
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'exit');
    return seen;
  }

  private words(server: LoadedServer, command: string, options: Readonly<Record<string, string | number>>): string[] {
    const { secret, expirySeconds, users } = loadCredentials;
    const all = { server: options['transport'] === 'tls' ? server.tlsAddress : server.address, pid: server.pid, secret, expiry: expirySeconds, users, ...options };
    return ['--cpu-list', String(this.core), this.program, command, ...Object.entries(all).map(([name, value]) => `${name}=${value}`)];
  }
}
