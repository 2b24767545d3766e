/** Pictures that were asked for and do not come for this long are more than the line takes. */
const shortAfter = 4;
/** All that are asked for have come for this long: one more may be tried. */
const enoughAfter = 10;

/** How many remote pictures the line to this client takes, found by looking once a second at what was asked for and what arrives. */
export class VideoCountRule {
  count: number;
  private readonly bound: number;
  private shortLooks = 0;
  private goodLooks = 0;

  /** `bound`: what the device shows at most. */
  constructor(bound: number) {
    this.bound = bound;
    this.count = bound;
  }

  /** One look. Returns whether `count` is another one. */
  look(wanted: number, arriving: number): boolean {
    const before = this.count;
    const isShort = arriving < wanted;
    this.shortLooks = isShort ? this.shortLooks + 1 : 0;
    this.goodLooks = isShort || wanted < this.count ? 0 : this.goodLooks + 1;
    if (this.shortLooks >= shortAfter) {
      this.count = Math.max(1, Math.min(this.count, arriving));
      this.shortLooks = 0;
    } else if (this.goodLooks >= enoughAfter) {
      this.count = Math.min(this.bound, this.count + 1);
      this.goodLooks = 0;
    }
    return this.count !== before;
  }

  /** What was found does not hold any more: the media comes another way. */
  reset(): boolean {
    const before = this.count;
    Object.assign(this, { count: this.bound, shortLooks: 0, goodLooks: 0 });
    return this.count !== before;
  }
}
