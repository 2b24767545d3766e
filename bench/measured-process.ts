import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { followProcess } from '@dialplane/testing';
import { serverFlags } from './server-flags.ts';

/** A child process, and what it has used. */
export interface MeasuredProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves with the first line it prints that matches; rejects when it ends before. */
  readonly line: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Processor time so far, user and system, in milliseconds. */
  readonly cpuMs: () => number;
  /** What is in use after a garbage collection, in bytes. */
  readonly memory: () => Promise<MemoryInUse>;
}

export interface MemoryInUse {
  readonly residentBytes: number;
  /** On the heap, and beside it in buffers. */
  readonly scriptBytes: number;
}

/** Clock ticks per second in /proc (USER_HZ), the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

const nodeArguments = [...serverFlags, '--expose-gc', '--import', join(import.meta.dirname, 'signaling/tell-memory.ts')];

/** Keeps this process, which makes the load, off the core that is measured. */
export function pinSelf(core: number): void {
  const { status } = spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', String(core), String(process.pid)]);
  if (status !== 0) throw new Error('taskset could not pin this process; it is part of util-linux');
}

/** Starts a Node program, on one core only where one is named. Its standard error is passed on. */
export function startMeasured(script: string, args: readonly string[], core?: number): MeasuredProcess {
  const words = [process.execPath, ...nodeArguments, script, ...args];
  const [program = '', ...rest] = core === undefined ? words : ['taskset', '--cpu-list', String(core), ...words];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { line, nextLine } = followProcess(child, script);
  // taskset replaces itself by the program, so the process id is that of the program.
  const stat = (): readonly string[] => {
    const text = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  };
  return {
    child,
    line,
    // proc(5): utime and stime are fields 14 and 15; the first one behind the name is field 3.
    cpuMs: () => ((Number(stat()[11]) + Number(stat()[12])) * 1000) / ticksPerSecond,
    memory: async () => {
      const told = nextLine(/^memory (.*)$/);
      child.kill('SIGUSR2');
      const [, text = ''] = await told;
      const { rss, heapUsed, external } = JSON.parse(text) as NodeJS.MemoryUsage;
      return { residentBytes: rss, scriptBytes: heapUsed + external };
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
