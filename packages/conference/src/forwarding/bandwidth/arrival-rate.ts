const bucketMs = 50;
const buckets = 10;

/** How many bits per second arrived in the last half second, by the receiver's clock. */
export class ArrivalRate {
  private readonly bytes = new Float64Array(buckets);
  private first = -1;
  private newest = -1;

  /** Notes `bytes` that arrived at `arrivedAt`, milliseconds of the receiver's clock; roughly in order. */
  note(bytes: number, arrivedAt: number): void {
    const bucket = Math.floor(arrivedAt / bucketMs);
    if (this.first < 0 || bucket > this.newest + 4 * buckets) {
      this.bytes.fill(0);
      this.first = bucket;
      this.newest = bucket;
    }
    if (bucket <= this.newest - buckets) return;
    for (; this.newest < bucket; this.newest += 1) this.bytes[(this.newest + 1) % buckets] = 0;
    this.bytes[bucket % buckets] = (this.bytes[bucket % buckets] ?? 0) + bytes;
  }

  /** Bits per second, without the bucket that is still filling; `undefined` before half a second was seen. */
  get bitsPerSecond(): number | undefined {
    if (this.first < 0 || this.newest - this.first < buckets) return undefined;
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) if (bucket !== this.newest % buckets) sum += this.bytes[bucket] ?? 0;
    return (sum * 8 * 1000) / (bucketMs * (buckets - 1));
  }
}
