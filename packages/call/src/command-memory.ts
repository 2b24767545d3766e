import type { Verdict } from './verdict.ts';

/** What a command led to, and whose it was. */
export interface RememberedCommand {
  readonly commandId: string;
  readonly by: string;
  /** Of the request it came in; see `CallCommand`. */
  readonly digest?: string;
  readonly verdict: Verdict;
}

/** Commands that are remembered and forgotten together. Its text never changes. */
interface Chapter {
  readonly number: number;
  readonly keys: readonly string[];
  /** JSON of its commands. */
  readonly text: string;
}

/**
 * The verdicts of the newest commands, so that a repeated command changes nothing. Keyed by endpoint as well: an id says
 * nothing about another endpoint's command.
 *
 * Written down in chapters, so that a snapshot after one more command does not repeat all the commands before it.
 */
export class CommandMemory {
  private readonly entries = new Map<string, RememberedCommand>();
  private readonly capacity: number;
  private readonly chapterLength: number;
  private readonly chapters: Chapter[] = [];
  private open: RememberedCommand[] = [];

  /** @param newest commands of no chapter yet. @param chapters the texts of the others by number; both from a snapshot. */
  constructor(capacity: number, newest: readonly RememberedCommand[] = [], chapters: ReadonlyMap<number, string> = new Map()) {
    this.capacity = capacity;
    this.chapterLength = Math.max(1, Math.floor(capacity / 64));
    for (const [number, text] of [...chapters].sort(([one], [other]) => one - other)) {
      const commands = JSON.parse(text) as readonly RememberedCommand[];
      for (const entry of commands) this.entries.set(keyOf(entry), entry);
      this.chapters.push({ number, keys: commands.map(keyOf), text });
    }
    for (const entry of newest) this.remember(entry);
  }

  recall(by: string, commandId: string): RememberedCommand | undefined {
    return this.entries.get(keyOf({ by, commandId }));
  }

  /** Forgets the oldest commands when it is full. */
  remember(entry: RememberedCommand): void {
    this.entries.set(keyOf(entry), entry);
    this.open.push(entry);
    if (this.open.length === this.chapterLength) this.closeChapter();
    if (this.entries.size > this.capacity) for (const key of this.chapters.shift()?.keys ?? []) this.entries.delete(key);
  }

  /** The commands of no chapter yet. */
  newest(): readonly RememberedCommand[] {
    return [...this.open];
  }

  /** Number and text of each chapter. */
  listChapters(): ReadonlyArray<Pick<Chapter, 'number' | 'text'>> {
    return this.chapters;
  }

  private closeChapter(): void {
    const number = (this.chapters.at(-1)?.number ?? 0) + 1;
    this.chapters.push({ number, keys: this.open.map(keyOf), text: JSON.stringify(this.open) });
    this.open = [];
  }
}

function keyOf({ by, commandId }: Pick<RememberedCommand, 'by' | 'commandId'>): string {
  return `${by} ${commandId}`;
}
