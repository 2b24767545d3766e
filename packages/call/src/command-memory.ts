import type { Verdict } from './verdict.ts';

/** What a command led to, and whose it was. */
export interface RememberedCommand {
  readonly commandId: string;
  readonly by: string;
  readonly verdict: Verdict;
}

/**
 * The verdicts of the newest commands, so that a repeated command changes nothing. Keyed by endpoint as well: an id says
 * nothing about another endpoint's command.
 */
export class CommandMemory {
  private readonly entries = new Map<string, RememberedCommand>();
  private readonly capacity: number;

  constructor(capacity: number, remembered: readonly RememberedCommand[] = []) {
    this.capacity = capacity;
    for (const entry of remembered) this.remember(entry);
  }

  recall(by: string, commandId: string): Verdict | undefined {
    return this.entries.get(key(by, commandId))?.verdict;
  }

  /** Forgets the oldest command when it is full. */
  remember(entry: RememberedCommand): void {
    this.entries.set(key(entry.by, entry.commandId), entry);
    if (this.entries.size <= this.capacity) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  list(): RememberedCommand[] {
    return [...this.entries.values()];
  }
}

function key(by: string, commandId: string): string {
  return `${by} ${commandId}`;
}
