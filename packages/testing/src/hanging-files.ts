import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import type { TestEvent } from 'node:test/reporters';

/** A file's process is asked to end, and killed after this time. */
const killAfterMs = 5_000;

/** What is told of a test: with the file that runs it, which need not be the one that it stands in. Without, a file is meant. */
interface TestPlace {
  readonly name: string;
  readonly file: string;
  readonly entryFile?: string;
  readonly testId: number;
}

/** A file that runs, and its tests that do. */
interface RunningFile {
  readonly guard: NodeJS.Timeout;
  readonly unended: Map<number, string>;
}

/**
 * A reporter for `node --test` that ends files which take longer than `TEST_FILE_SECONDS` (600 by default), and says which of their tests had not ended. Node's own
 * `--test-timeout` counts each test for itself, and a file that something keeps open after its last test, or before its first, has no limit at all.
 *
 * Says nothing of anything else: it stands beside another reporter. Processes are found in `/proc`; without that a file is named, and not ended.
 */
export default class HangingFiles extends Transform {
  private readonly limitSeconds = Number(process.env['TEST_FILE_SECONDS'] ?? 600);
  private readonly running = new Map<string, RunningFile>();

  constructor() {
    super({ writableObjectMode: true });
  }

  override _transform({ type, data }: TestEvent, _encoding: BufferEncoding, done: TransformCallback): void {
    if (type === 'test:dequeue' || type === 'test:complete') this.note(type, data as TestPlace);
    done();
  }

  private note(type: 'test:dequeue' | 'test:complete', { name, file, entryFile, testId }: TestPlace): void {
    if (entryFile === undefined) return this.noteFile(type, file);
    const unended = this.running.get(entryFile)?.unended;
    if (type === 'test:dequeue') unended?.set(testId, `"${name}"`);
    else unended?.delete(testId);
  }

  private noteFile(type: 'test:dequeue' | 'test:complete', file: string): void {
    if (type === 'test:dequeue') {
      this.running.set(file, { unended: new Map(), guard: setTimeout(() => this.endFile(file), this.limitSeconds * 1000) });
      return;
    }
    clearTimeout(this.running.get(file)?.guard);
    this.running.delete(file);
  }

  private endFile(file: string): void {
    const unended = [...(this.running.get(file)?.unended.values() ?? [])];
    const reason = unended.length === 0 ? 'None of its tests has told that it runs: it still loads, something else keeps it open, or a test does not come back.' : `Tests of it that had not ended: ${unended.join(', ')}.`;
    this.push(`${relative('', file)} has not ended after ${this.limitSeconds} s, and is ended. ${reason}\n`);
    signalFile(file, 'SIGTERM');
    setTimeout(() => signalFile(file, 'SIGKILL'), killAfterMs).unref();
  }
}

/** Reaches the child of this process that runs a file. */
function signalFile(file: string, signal: NodeJS.Signals): void {
  for (const child of linesOf(`/proc/self/task/${process.pid}/children`, ' ')) {
    if (linesOf(`/proc/${child}/cmdline`, '\0').some((word) => resolve(word) === file)) process.kill(Number(child), signal);
  }
}

function linesOf(path: string, separator: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(separator).filter((text) => text !== '');
  } catch {
    return []; // Ended meanwhile, or a system without /proc.
  }
}
