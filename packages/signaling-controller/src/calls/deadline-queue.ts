import type { Instant } from '@dialplane/sansio';

interface Entry {
  readonly at: Instant;
  readonly key: string;
}

/** Dead entries that are not worth a rebuild. */
const slack = 64;

/**
 * The deadlines of many machines, earliest first: a binary heap with one live entry per key. Entries that a machine no longer
 * means are not searched for; whoever takes one asks the machine.
 */
export class DeadlineQueue {
  private readonly heap: Entry[] = [];
  private readonly armed = new Map<string, Instant>();

  /** The earliest entry's instant. */
  next(): Instant | undefined {
    return this.heap[0]?.at;
  }

  /** Says that `key` wants to be woken at `at`. A later wish than the one that is queued waits until that comes up. */
  arm(key: string, at: Instant): void {
    const before = this.armed.get(key);
    if (before !== undefined && before <= at) return;
    this.armed.set(key, at);
    this.push({ at, key });
  }

  forget(key: string): void {
    this.armed.delete(key);
    if (this.heap.length > 2 * this.armed.size + slack) this.rebuild();
  }

  /** Removes and returns the keys that are due; each must be armed again if it wants to be woken again. */
  takeDue(now: Instant): string[] {
    const due: string[] = [];
    for (let first = this.heap[0]; first !== undefined && first.at <= now; first = this.heap[0]) {
      this.pop();
      if (this.armed.get(first.key) !== first.at) continue;
      this.armed.delete(first.key);
      due.push(first.key);
    }
    return due;
  }

  /** Leaves the entries of forgotten keys out, which may be due in hours only. */
  private rebuild(): void {
    this.heap.length = 0;
    for (const [key, at] of this.armed) this.push({ at, key });
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || parent.at <= entry.at) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (a === undefined) break;
      const [child, childIndex] = b !== undefined && b.at < a.at ? [b, left + 1] : [a, left];
      if (child.at >= last.at) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
