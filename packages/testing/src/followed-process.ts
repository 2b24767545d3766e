import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child process whose output is read line by line: both outputs, as far as they are pipes. */
export interface FollowedProcess {
  readonly child: ChildProcess;
  /** Resolves with the first line that matches, among those kept and those to come; rejects when the process ends before, with what it said. */
  readonly line: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** The same of lines to come only. */
  readonly nextLine: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Resolves with the exit code or the signal; rejects when the process could not be started. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** The last lines it printed, for error messages. */
  readonly tail: () => string;
}

const keptLines = 200;
const linesOfTail = 30;

/** Reads what `child` prints from now on. @param title what error messages call it. */
export function followProcess(child: ChildProcess, title: string): FollowedProcess {
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
  // Who waits for a line, or for the end, is told; nobody else has to be.
  ended.catch(() => undefined);
  const tail = (): string => lines.slice(-linesOfTail).join('\n');
  const waitFor = (pattern: RegExp, kept: readonly string[]): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (text: string): void => {
        const match = pattern.exec(text);
        if (match === null) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      for (const text of kept) look(text);
      ended.then(
        (status) => reject(new Error(`${title} ended (${status}) before it printed ${pattern}:\n${tail()}`)),
        (error: unknown) => reject(new Error(`${title} could not be started`, { cause: error })),
      );
    });
  return { child, line: (pattern) => waitFor(pattern, lines), nextLine: (pattern) => waitFor(pattern, []), ended, tail };
}
