import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { findNodeHeaders } from '@dialplane/kernels';

/** Builds the forwarder with g++ against the OpenSSL of this machine, with the headers that came with Node. @returns its path. */
async function buildForwarder(folder: string): Promise<string> {
  const sources = globSync('*.cc', { cwd: join(import.meta.dirname, 'forwarder') }).map((name) => join(import.meta.dirname, 'forwarder', name));
  const program = join(folder, 'forwarder');
  const headers = findNodeHeaders();
  if (headers === undefined) throw new Error('there are no headers of this Node, and with them none of OpenSSL');
  await promisify(execFile)('g++', ['-std=c++20', '-O2', '-Wall', '-Wextra', '-I', join(headers, 'include/node'), '-o', program, ...sources, '-l:libcrypto.so.3']);
  return program;
}

/** The forwarder on a core of its own, commanded by lines; see forwarder/rooms.h. */
export class ForwarderProcess implements AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: Interface;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, answers: Interface, port: number) {
    this.child = child;
    this.answers = answers;
    this.port = port;
    // taskset replaces itself by the program, so the process id is that of the program.
    this.pid = child.pid ?? 0;
  }

  static async start(folder: string, host: string, core: number): Promise<ForwarderProcess> {
    const child = spawn('taskset', ['--cpu-list', String(core), await buildForwarder(folder), host], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface(child.stdout);
    const [port] = await nextLine(child, answers);
    return new ForwarderProcess(child, answers, Number(port));
  }

  /** Resolves once it has done what a line says. */
  async command(...words: readonly (string | number)[]): Promise<void> {
    const answered = nextLine(this.child, this.answers);
    this.child.stdin.write(`${words.join(' ')}\n`);
    await answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.stdin.end();
    await once(this.child, 'exit');
  }
}

async function nextLine(child: ChildProcessByStdio<Writable, Readable, null>, answers: Interface): Promise<readonly string[]> {
  const given = new AbortController();
  const ended = once(child, 'exit', { signal: given.signal }).then(() => {
    throw new Error('the forwarder ended; its standard error says why');
  });
  try {
    return (await Promise.race([once(answers, 'line', { signal: given.signal }), ended])) as readonly string[];
  } finally {
    given.abort();
  }
}
