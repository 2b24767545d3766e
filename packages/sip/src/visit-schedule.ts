import { instant, type Instant } from '@dialplane/sansio';

/** Later than anything: the deadline of what does not wait. */
export const never: Instant = instant(Infinity);

/** What is visited when its time has come. */
export interface Visited {
  /** When it wants to be visited next. */
  readonly dueAt: Instant | undefined;
  /** Owned by the schedule. */
  visit: Visit<Visited> | undefined;
}

/** A place in a schedule. */
export interface Visit<Item> {
  readonly item: Item;
  at: Instant;
  /** Equal instants in the order in which they were noted. */
  order: number;
  place: number;
}

/**
 * Visits thousands of things at their deadlines. A binary heap in which every item knows its place, so that a deadline which has moved away wakes nobody, and an item that waits for
 * nothing any more is let go of at once: a proxy would hold what is over for half a minute, and have it collected as something old.
 */
export class VisitSchedule<Item extends Visited> {
  private readonly heap: Array<Visit<Item>> = [];
  private noted = 0;

  /** Takes note of the item's deadline; again after each change. */
  add(item: Item): void {
    const dueAt = item.dueAt ?? never;
    const visit = item.visit as Visit<Item> | undefined;
    if (dueAt === never) {
      if (visit !== undefined) this.remove(visit);
    } else if (visit === undefined) {
      const added = { item, at: dueAt, order: this.nextOrder(), place: this.heap.length };
      item.visit = added;
      this.heap.push(added);
      this.rise(added);
    } else if (dueAt !== visit.at) this.move(visit, dueAt);
  }

  next(): Instant | undefined {
    return this.heap[0]?.at;
  }

  /** Removes and returns an item that is due; who visits it adds it again. */
  takeDue(now: Instant): Item | undefined {
    const [first] = this.heap;
    if (first === undefined || first.at > now) return undefined;
    this.remove(first);
    return first.item;
  }

  private nextOrder(): number {
    this.noted += 1;
    return this.noted;
  }

  private move(visit: Visit<Item>, at: Instant): void {
    const isSooner = at < visit.at;
    visit.at = at;
    visit.order = this.nextOrder();
    if (isSooner) this.rise(visit);
    else this.sink(visit);
  }

  private remove(visit: Visit<Item>): void {
    visit.item.visit = undefined;
    const last = this.heap.pop();
    if (last === undefined || last === visit) return;
    this.put(last, visit.place);
    this.rise(last);
    this.sink(last);
  }

  private rise(visit: Visit<Item>): void {
    for (let place = visit.place; place > 0; ) {
      const above = (place - 1) >>> 1;
      const parent = this.heap[above];
      if (parent === undefined || !isBefore(visit, parent)) return;
      this.put(parent, place);
      this.put(visit, above);
      place = above;
    }
  }

  private sink(visit: Visit<Item>): void {
    for (let { place } = visit; ; place = visit.place) {
      const child = this.firstBelow(place);
      if (child === undefined || !isBefore(child, visit)) return;
      const { place: below } = child;
      this.put(child, place);
      this.put(visit, below);
    }
  }

  private firstBelow(place: number): Visit<Item> | undefined {
    const left = this.heap[2 * place + 1];
    const right = this.heap[2 * place + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  private put(visit: Visit<Item>, place: number): void {
    this.heap[place] = visit;
    visit.place = place;
  }
}

function isBefore(a: Visit<unknown>, b: Visit<unknown>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
