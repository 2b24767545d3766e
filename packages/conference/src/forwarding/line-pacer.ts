import type { Instant } from '@dialplane/sansio';

/** How much faster than the line is thought to be pictures may leave. */
const headstart = 2.5;
/** What may leave at once: as much as leaves in this time. An ordinary frame is less. */
const burstMs = 40;
/** The same of a line that takes next to nothing, in bytes: four full packets. */
const leastBurstBytes = 4_800;

/** Where a pacer keeps its numbers, for instance in a table that a kernel takes from by the same rule. Whoever replaces the array copies what it has. */
export interface PacerNumbers {
  readonly doubles: Float64Array;
}

/** Places of a pacer's numbers, from its first on: bytes that may leave, since when, how many more each millisecond, and how many at most. */
const place = { left: 0, at: 1, perMs: 2, most: 3 } as const;

/**
 * When the packets of pictures may leave towards one line. A key frame is many times as large as what the line takes in the time of a frame; sent at once it would wait in
 * the narrowest place on the way, which drops what it has no room for, sound among it. A token bucket, filled at {@link headstart} times the estimate: frames that fit pass
 * as they come.
 */
export class LinePacer {
  private readonly numbers: PacerNumbers;
  private readonly first: number;

  /** @param first Where the four numbers of this one are. */
  constructor(numbers: PacerNumbers = { doubles: new Float64Array(4) }, first = 0) {
    this.numbers = numbers;
    this.first = first;
    numbers.doubles.set([Infinity, 0], first);
    this.setLine(0);
  }

  /** What the line is thought to take from now on. */
  setLine(lineBps: number): void {
    const { numbers: { doubles }, first } = this;
    const perMs = (headstart * lineBps) / 8000;
    doubles[first + place.perMs] = perMs;
    doubles[first + place.most] = Math.max(leastBurstBytes, burstMs * perMs);
  }

  /** Whether `bytes` may leave now; if so, they have left. */
  take(bytes: number, now: Instant): boolean {
    const { numbers: { doubles }, first } = this;
    const filled = (doubles[first + place.left] ?? 0) + (now - (doubles[first + place.at] ?? 0)) * (doubles[first + place.perMs] ?? 0);
    const left = Math.min(doubles[first + place.most] ?? 0, filled);
    doubles[first + place.at] = now;
    doubles[first + place.left] = left < bytes ? left : left - bytes;
    return left >= bytes;
  }
}
