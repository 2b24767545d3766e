import type { Instant } from '@dialplane/sansio';

/**
 * When states end in which there is nothing to do but to know retransmissions. Each call has half a dozen, nearly all that a busy proxy holds, and they end at a few instants: a list for
 * each of those, where a heap would be looked through from top to bottom for each.
 */
export class AbsorbingEnds<Item> {
  private readonly endingAt = new Map<Instant, Item[]>();
  private earliest: Instant | undefined;

  /** @param at one of few. What is over sooner stays until then; its owner finds nothing to do. */
  add(item: Item, at: Instant): void {
    const items = this.endingAt.get(at);
    if (items !== undefined) items.push(item);
    else {
      this.endingAt.set(at, [item]);
      if (this.earliest === undefined || at < this.earliest) this.earliest = at;
    }
  }

  next(): Instant | undefined {
    return this.earliest;
  }

  /** Removes and returns what ends together next, where that is due; `undefined` when nothing more is. */
  takeDue(now: Instant): readonly Item[] | undefined {
    const at = this.earliest;
    if (at === undefined || at > now) return undefined;
    const items = this.endingAt.get(at);
    this.endingAt.delete(at);
    this.earliest = undefined;
    for (const other of this.endingAt.keys()) if (this.earliest === undefined || other < this.earliest) this.earliest = other;
    return items;
  }
}
