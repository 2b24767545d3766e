import type { Instant } from './machine.ts';

interface Entry<Item> {
  readonly at: Instant;
  readonly order: number;
  readonly item: Item;
}

/**
 * Deadlines of thousands of owners, earliest first; equal instants in the order they were added. Nothing is ever removed early: an owner that
 * is visited and finds nothing due ignores it, so that moving a deadline costs nothing.
 */
export class DeadlineHeap<Item> {
  private readonly entries: Array<Entry<Item>> = [];
  private added = 0;

  get size(): number {
    return this.entries.length;
  }

  /** The earliest deadline, or `undefined` when there is none. */
  next(): Instant | undefined {
    return this.entries[0]?.at;
  }

  add(at: Instant, item: Item): void {
    const entry = { at, order: this.added, item };
    this.added += 1;
    let index = this.entries.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = this.entries[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      this.entries[index] = above;
      index = parent;
    }
    this.entries[index] = entry;
  }

  /** Removes and returns the earliest item that is due at `now`. */
  takeDue(now: Instant): Item | undefined {
    const first = this.entries[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.entries.pop();
    if (last !== undefined && this.entries.length > 0) this.sink(last);
    return first.item;
  }

  private sink(entry: Entry<Item>): void {
    const { entries } = this;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const leftEntry = entries[left];
      if (leftEntry === undefined) break;
      const rightEntry = entries[left + 1];
      const isRightFirst = rightEntry !== undefined && isBefore(rightEntry, leftEntry);
      const child = isRightFirst ? rightEntry : leftEntry;
      if (!isBefore(child, entry)) break;
      entries[index] = child;
      index = isRightFirst ? left + 1 : left;
    }
    entries[index] = entry;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
