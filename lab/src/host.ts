import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { run } from './commands.ts';
import { kill, processIdsIn } from './run-id.ts';

export interface HostProcess {
  readonly child: ChildProcess;
  /** Resolves with the first line (of either output) that matches; rejects when the process ends before, with what it said. */
  readonly line: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Resolves with the exit code or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** The last lines it printed, for error messages. */
  readonly tail: () => string;
}

/** A computer of the lab: a network namespace in which processes run. Its only path to anybody is its interface. */
export class Host {
  readonly name: string;
  /** All addresses, one for each family on each of its interfaces, as its plan has them. */
  readonly addresses: readonly string[];
  readonly namespace: string;

  constructor(name: string, addresses: readonly string[], namespace: string) {
    this.name = name;
    this.addresses = addresses;
    this.namespace = namespace;
  }

  /** Its first address. */
  get address(): string {
    return this.addresses[0] ?? '';
  }

  /** The command line that runs `program` on this host. */
  commandLine(program: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ['ip', ['netns', 'exec', this.namespace, program, ...args]];
  }

  /** Runs a program on this host to its end and returns what it printed. */
  run(program: string, args: readonly string[]): Promise<string> {
    return run(...this.commandLine(program, args));
  }

  /** Starts a program on this host that goes on until it ends, is killed, or the network is disposed of. */
  start(program: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; /** `pipe`: the program is told something through `child.stdin`. */ readonly stdin?: 'pipe' } = {}): HostProcess {
    const [command, commandArgs] = this.commandLine(program, args);
    const { stdin = 'ignore', ...others } = options;
    return follow(spawn(command, commandArgs, { stdio: [stdin, 'pipe', 'pipe'], ...others }), `${program} on ${this.name}`);
  }

  /** Kills every process on this host, as pulling its plug would: nothing is sent, nothing is flushed. */
  async killAll(): Promise<void> {
    for (const pid of await processIdsIn(this.namespace)) kill(pid, 'SIGKILL');
  }
}

const keptLines = 200;

function follow(child: ChildProcess, title: string): HostProcess {
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      for (const look of waiting) look(line);
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  const tail = (): string => lines.slice(-30).join('\n');
  const line = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (text: string): void => {
        const match = pattern.exec(text);
        if (match === null) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      for (const text of lines) look(text);
      ended.then(
        (status) => reject(new Error(`${title} ended (${status}) before it printed ${pattern}:\n${tail()}`)),
        (error: unknown) => reject(new Error(`${title} could not be started`, { cause: error })),
      );
    });
  return { child, line, ended, tail };
}
