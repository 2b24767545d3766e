/** How many offers a leg may still make: so many at once, and so many a second from then on. */
export class OfferBudget {
  private readonly atOnce: number;
  private readonly perSecond: number;
  private left: number;
  private at: number;

  /** @param now Monotonic milliseconds. */
  constructor(atOnce: number, perSecond: number, now: number) {
    this.atOnce = atOnce;
    this.perSecond = perSecond;
    this.left = atOnce;
    this.at = now;
  }

  take(now: number): boolean {
    this.left = Math.min(this.atOnce, this.left + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
