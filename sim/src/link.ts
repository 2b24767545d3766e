import type { Chance } from './chance.ts';

/** How a link treats the messages on it. Rates are probabilities 0..1, times milliseconds. */
export interface LinkConditions {
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** Every message takes at least this long. */
  readonly delayMs: number;
  /** And up to this much longer, each message by itself: what makes them overtake each other. */
  readonly jitterMs: number;
  /** Messages that are held back for another `reorderMs`. */
  readonly reorderRate: number;
  readonly reorderMs: number;
  /** Messages arrive in the order they were sent, as on one TCP connection. */
  readonly isOrdered: boolean;
}

/** Nothing is lost, doubled or overtaken. */
export const reliableLink: LinkConditions = { lossRate: 0, duplicateRate: 0, delayMs: 1, jitterMs: 2, reorderRate: 0, reorderMs: 0, isOrdered: true };

/** A bad mobile network. */
export const lossyLink: LinkConditions = { lossRate: 0.08, duplicateRate: 0.05, delayMs: 20, jitterMs: 80, reorderRate: 0.05, reorderMs: 1500, isOrdered: false };

/** One direction between two hosts. */
export class Link {
  readonly conditions: LinkConditions;
  isCut = false;
  private latestArrival = 0;

  constructor(conditions: LinkConditions) {
    this.conditions = conditions;
  }

  /** When the copies of a message sent at `now` arrive; none when it is lost. */
  arrivals(now: number, chance: Chance): number[] {
    const { lossRate, duplicateRate, isOrdered } = this.conditions;
    if (this.isCut || chance.happens(lossRate)) return [];
    const copies = chance.happens(duplicateRate) ? 2 : 1;
    return Array.from({ length: copies }, () => {
      const at = now + this.delay(chance);
      this.latestArrival = Math.max(this.latestArrival, at);
      return isOrdered ? this.latestArrival : at;
    });
  }

  private delay(chance: Chance): number {
    const { delayMs, jitterMs, reorderRate, reorderMs } = this.conditions;
    return delayMs + chance.between(0, jitterMs) + (chance.happens(reorderRate) ? reorderMs : 0);
  }
}
