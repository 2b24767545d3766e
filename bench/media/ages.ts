import type { LoadClient } from './load-client.ts';
import { readAgeUs } from './stamp.ts';

/** How long packets were under way, of as many as fit. */
export class Ages {
  private readonly ages = new Float64Array(1_000_000);
  private count = 0;

  /** Looks at what these clients receive. */
  watch(clients: readonly LoadClient[]): void {
    for (const client of clients) {
      client.onPacket = (slab, offset, length, _, nowMs) => {
        const age = this.count < this.ages.length ? readAgeUs(slab, offset + length, nowMs) : undefined;
        if (age !== undefined) this.ages[this.count++] = age;
      };
    }
  }

  /** Begins anew. What is under way waits for nothing meanwhile: a look at the ages would take as long as thousands of packets. */
  clear(): void {
    this.count = 0;
  }

  /** Takes the median and the 99.9th percentile in ms, and begins anew. */
  take(): { readonly medianMs: number; readonly p999Ms: number } {
    const sorted = this.ages.subarray(0, this.count).toSorted();
    this.count = 0;
    const at = (share: number): number => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) / 1000;
    return { medianMs: at(0.5), p999Ms: at(0.999) };
  }
}
