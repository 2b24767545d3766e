import { spawn } from 'node:child_process';
import { followProcess, type FollowedProcess } from '@dialplane/testing';
import { run } from '../commands.ts';
import { kill, processIdsIn } from './run-id.ts';

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
  start(program: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; /** `pipe`: the program is told something through `child.stdin`. */ readonly stdin?: 'pipe' } = {}): FollowedProcess {
    const [command, commandArgs] = this.commandLine(program, args);
    const { stdin = 'ignore', ...others } = options;
    return followProcess(spawn(command, commandArgs, { stdio: [stdin, 'pipe', 'pipe'], ...others }), `${program} on ${this.name}`);
  }

  /** Kills every process on this host, as pulling its plug would: nothing is sent, nothing is flushed. */
  async killAll(): Promise<void> {
    for (const pid of await processIdsIn(this.namespace)) kill(pid, 'SIGKILL');
  }
}
