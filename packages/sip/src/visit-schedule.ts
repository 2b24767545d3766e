import { DeadlineHeap, instant, type Instant } from '@dialplane/sansio';

/** Later than anything: the deadline of what does not wait. */
export const never: Instant = instant(Infinity);

/** What is visited when its time has come. */
export interface Visited {
  /** When it wants to be visited next. */
  readonly dueAt: Instant | undefined;
  /** Owned by the schedule: when it will be, at the latest. */
  visitAt: Instant;
}

/** Visits thousands of things at their deadlines. One whose deadline has moved away is visited once more than it needs, which costs less than to look for it in the heap. */
export class VisitSchedule<Item extends Visited> {
  private readonly heap = new DeadlineHeap<Item>();

  /** Takes note of the item's deadline; again after each change. */
  add(item: Item): void {
    const dueAt = item.dueAt ?? never;
    if (dueAt >= item.visitAt) return;
    item.visitAt = dueAt;
    this.heap.add(dueAt, item);
  }

  next(): Instant | undefined {
    return this.heap.next();
  }

  /** Removes and returns an item that is due; who visits it adds it again. */
  takeDue(now: Instant): Item | undefined {
    for (;;) {
      const item = this.heap.takeDue(now);
      // What is in there for a later time as well has been visited for this one already.
      if (item === undefined || item.visitAt <= now) {
        if (item !== undefined) item.visitAt = never;
        return item;
      }
    }
  }
}
