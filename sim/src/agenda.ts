import { DeadlineHeap, instant } from '@dialplane/sansio';

/** What is to happen when; equal times in the order they were added. */
export class Agenda<Item extends object | number> {
  private readonly heap = new DeadlineHeap<Item>();

  get size(): number {
    return this.heap.size;
  }

  add(at: number, item: Item): void {
    this.heap.add(instant(at), item);
  }

  /** When the next item is due. */
  next(): number | undefined {
    return this.heap.next();
  }

  /** Removes and returns the next item and its time. */
  take(): { readonly at: number; readonly item: Item } | undefined {
    const at = this.heap.next();
    const item = at === undefined ? undefined : this.heap.takeDue(at);
    return at === undefined || item === undefined ? undefined : { at, item };
  }
}
