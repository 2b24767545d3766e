/** Batches in a second, of all sockets. */
const offBelow = 500;
const onFrom = 1_200;
/** Packets in a second; so many come in bursts that are best served together, however few the batches. */
const manyOffBelow = 4_000;
const manyFrom = 6_000;
const crowdedFrom = 40_000;
const gatherMicroseconds = 1_000;
const gatherCrowdedMicroseconds = 750;

/** What came in a second. */
export interface ArrivalRates {
  readonly packets: number;
  /** How often there was anything to serve. */
  readonly batches: number;
}

/**
 * How long datagrams may gather before they are served: not at all for a few calls, whose packets would wait for nobody, nor for few bursts; 1 ms from where one wake-up then serves more than
 * one, since to look more often than packets come costs more than to be woken by each; 750 µs where so many come that serving them takes its part of the millisecond. For whoever sends on
 * what it receives.
 *
 * Hysteresis: off, it starts at 1,200 batches/s; on, it ends where fewer than every other look finds anything. The same for packets, from 6,000 and below 4,000.
 * @param current what is set now, in microseconds. @returns what to set.
 */
export function coalescingFor({ packets, batches }: ArrivalRates, current: number): number {
  const [leastBatches, leastPackets] = current === 0 ? [onFrom, manyFrom] : [offBelow, manyOffBelow];
  if (batches < leastBatches && packets < leastPackets) return 0;
  return packets < crowdedFrom ? gatherMicroseconds : gatherCrowdedMicroseconds;
}

/** How often a new decision is taken, at least. */
const windowMs = 100;

/** Measures the rates from the batches themselves; silence costs no timer. */
export class CoalescingMeter {
  private since = 0;
  private packets = 0;
  private batches = 0;
  private microseconds = 0;

  /** Takes the size of a batch, without what was only served along with it. @returns what to set from now on, or `undefined` to leave it. */
  observe(packets: number, now: number): number | undefined {
    this.packets += packets;
    this.batches += 1;
    const elapsed = now - this.since;
    if (elapsed < windowMs) return undefined;
    const next = coalescingFor({ packets: (this.packets * 1000) / elapsed, batches: (this.batches * 1000) / elapsed }, this.microseconds);
    this.since = now;
    this.packets = 0;
    this.batches = 0;
    if (next === this.microseconds) return undefined;
    this.microseconds = next;
    return next;
  }
}
