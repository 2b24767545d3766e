import type { Instant } from './machine.ts';

/**
 * Named deadlines as plain state: one per key, the latest `set` wins.
 *
 * Sized for the handful of timers that one machine owns; every operation is linear in their number.
 */
export class Deadlines<Key extends string> {
  private readonly entries = new Map<Key, Instant>();

  /** Arms or re-arms `key`. */
  set(key: Key, at: Instant): void {
    this.entries.set(key, at);
  }

  /** Disarms `key`; harmless when it is not armed. */
  clear(key: Key): void {
    this.entries.delete(key);
  }

  has(key: Key): boolean {
    return this.entries.has(key);
  }

  /** When `key` is due, if it is armed. */
  get(key: Key): Instant | undefined {
    return this.entries.get(key);
  }

  /** The earliest deadline, or `undefined` when none is armed. */
  next(): Instant | undefined {
    let first: Instant | undefined;
    for (const at of this.entries.values()) if (first === undefined || at < first) first = at;
    return first;
  }

  /** Removes and returns every key due at `now`, earliest first; equal instants in the order they were armed. */
  takeDue(now: Instant): Key[] {
    const due = [...this.entries].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    for (const [key] of due) this.entries.delete(key);
    return due.map(([key]) => key);
  }

  /** Every armed deadline, for a snapshot. */
  list(): ReadonlyArray<readonly [Key, Instant]> {
    return [...this.entries];
  }
}
