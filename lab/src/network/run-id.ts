import { readFileSync } from 'node:fs';
import { run } from '../commands.ts';

const prefix = 'dialplane-lab';
let networksOfThisRun = 0;

/**
 * A name for one network of this process. It holds the process id and the instant that process was started (in clock ticks
 * since boot), so that anybody can tell later whether the run still lives, even when the process id was used again.
 */
export function nextRunId(): string {
  networksOfThisRun += 1;
  return `${prefix}-${process.pid}-${startTicks(process.pid)}-${networksOfThisRun}`;
}

/** Whether the process that made a namespace of this name is gone. False for names that are not ours. */
export function isStale(namespace: string): boolean {
  const match = new RegExp(`^${prefix}-(\\d+)-(\\d+)-\\d+-`).exec(namespace);
  return match !== null && startTicks(Number(match[1])) !== match[2];
}

/**
 * Ends what a crashed run left behind: the processes inside the namespaces of dead runs, then the namespaces. Returns the
 * names that were removed. Namespaces of living runs, and of anybody else, are left alone.
 */
export async function sweepStaleNamespaces(): Promise<readonly string[]> {
  const stale = (await listNamespaces()).filter(isStale);
  await removeNamespaces(stale);
  return stale;
}

/** The names of all network namespaces of this machine. */
export async function listNamespaces(): Promise<readonly string[]> {
  return (await run('ip', ['netns', 'list'])).split('\n').flatMap((line) => line.split(' ')[0] || []);
}

/** Kills every process inside the namespaces and removes them; their interfaces vanish with them. */
export async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  await Promise.all(namespaces.map(async (namespace) => {
    for (const pid of await processIdsIn(namespace)) kill(pid, 'SIGKILL');
    // Two runs may sweep the same remains at the same time: gone is gone.
    await run('ip', ['netns', 'delete', namespace]).catch(async (error: unknown) => {
      if ((await listNamespaces()).includes(namespace)) throw error;
    });
  }));
}

/** The processes whose network is `namespace`. */
export async function processIdsIn(namespace: string): Promise<readonly number[]> {
  const listed = await run('ip', ['netns', 'pids', namespace]).catch(() => '');
  return listed.split('\n').filter(Boolean).map(Number);
}

/** Sends a signal to a process that may have ended by itself in the meantime. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Field 22 of proc(5) stat, counted behind the command name, which may hold spaces; `undefined` when there is no such process. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
