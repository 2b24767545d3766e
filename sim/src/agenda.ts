interface Entry<Item> {
  readonly at: number;
  readonly order: number;
  readonly item: Item;
}

/** What is to happen when: a binary heap by time; equal times in the order they were added. */
export class Agenda<Item> {
  private readonly heap: Array<Entry<Item>> = [];
  private added = 0;

  get size(): number {
    return this.heap.length;
  }

  add(at: number, item: Item): void {
    this.heap.push({ at, order: this.added, item });
    this.added += 1;
    this.siftUp(this.heap.length - 1);
  }

  /** When the next item is due. */
  next(): number | undefined {
    return this.heap[0]?.at;
  }

  /** Removes and returns the next item and its time. */
  take(): { readonly at: number; readonly item: Item } | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.siftDown(0);
    }
    return first;
  }

  private siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private siftDown(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      let least = index;
      if (left < this.heap.length && this.isBefore(left, least)) least = left;
      if (left + 1 < this.heap.length && this.isBefore(left + 1, least)) least = left + 1;
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const one = this.heap[a];
    const other = this.heap[b];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  private swap(a: number, b: number): void {
    const one = this.heap[a];
    const other = this.heap[b];
    if (one === undefined || other === undefined) return;
    this.heap[a] = other;
    this.heap[b] = one;
  }
}
