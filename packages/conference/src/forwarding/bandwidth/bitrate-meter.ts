const buckets = 10;

/** Bits per second over a sliding window, from packets and the times they belong to. A packet costs a few operations. */
export class BitrateMeter {
  private readonly bucketMs: number;
  private readonly bytes = new Float64Array(buckets);
  private first = -1;
  private newest = -1;

  /** @param windowMs How much of the past counts. */
  constructor(windowMs: number) {
    this.bucketMs = windowMs / buckets;
  }

  /** Notes `bytes` at a time in milliseconds, of any one clock; roughly in order. */
  note(bytes: number, at: number): void {
    const bucket = this.advance(at);
    if (bucket > this.newest - buckets) this.bytes[bucket % buckets] = (this.bytes[bucket % buckets] ?? 0) + bytes;
  }

  /** Bits per second in the window before `at`, without the part that is still filling; `undefined` before a whole window was seen. */
  bitsPerSecond(at: number): number | undefined {
    if (this.first < 0) return undefined;
    this.advance(at);
    if (this.newest - this.first < buckets) return undefined;
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) if (bucket !== this.newest % buckets) sum += this.bytes[bucket] ?? 0;
    return (sum * 8000) / (this.bucketMs * (buckets - 1));
  }

  /** The bucket of a time; those that have become too old are emptied. After a long pause a new window begins. */
  private advance(at: number): number {
    const bucket = Math.floor(at / this.bucketMs);
    if (this.first < 0 || bucket > this.newest + 4 * buckets) {
      this.bytes.fill(0);
      this.first = bucket;
      this.newest = bucket;
    }
    for (; this.newest < bucket; this.newest += 1) this.bytes[(this.newest + 1) % buckets] = 0;
    return bucket;
  }
}
