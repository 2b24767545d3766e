import { DeadlineHeap, type Instant } from '@dialplane/sansio';

/** Dead entries that are not worth a rebuild. */
const slack = 64;

/**
 * The deadlines of many machines, earliest first, with one live entry per key. Entries that a machine no longer
 * means are not searched for; whoever takes one asks the machine.
 */
export class DeadlineQueue {
  private heap = new DeadlineHeap<string>();
  private readonly armed = new Map<string, Instant>();

  /** The earliest entry's instant. */
  next(): Instant | undefined {
    return this.heap.next();
  }

  /** Says that `key` wants to be woken at `at`. A later wish than the one that is queued waits until that comes up. */
  arm(key: string, at: Instant): void {
    const before = this.armed.get(key);
    if (before !== undefined && before <= at) return;
    this.armed.set(key, at);
    this.heap.add(at, key);
  }

  forget(key: string): void {
    this.armed.delete(key);
    if (this.heap.size > 2 * this.armed.size + slack) this.rebuild();
  }

  /** Removes and returns the keys that are due; each must be armed again if it wants to be woken again. */
  takeDue(now: Instant): string[] {
    const due: string[] = [];
    for (let at = this.heap.next(); at !== undefined && at <= now; at = this.heap.next()) {
      const key = this.heap.takeDue(at);
      if (key === undefined || this.armed.get(key) !== at) continue;
      this.armed.delete(key);
      due.push(key);
    }
    return due;
  }

  /** Leaves the entries of forgotten keys out, which may be due in hours only. */
  private rebuild(): void {
    this.heap = new DeadlineHeap();
    for (const [key, at] of this.armed) this.heap.add(at, key);
  }
}
