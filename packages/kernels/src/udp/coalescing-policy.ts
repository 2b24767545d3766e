/** Rates in packets per second, received on all sockets. */
const offBelow = 800;
const onFrom = 1_200;
const crowdedFrom = 40_000;
const gatherMicroseconds = 1_000;
const gatherCrowdedMicroseconds = 750;

/**
 * How long datagrams may gather before they are served, from the rate at which they come: not at all for a few calls, whose packets would wait for nobody; 1 ms
 * from where one wake-up then serves more than one, since to look more often than packets come costs more than to be woken by each; 750 µs where so many come that
 * serving them takes its part of the millisecond. For whoever sends on what it receives.
 *
 * Hysteresis: off, it starts at 1,200 packets/s; on, it ends below 800.
 * @param current what is set now, in microseconds. @returns what to set.
 */
export function coalescingFor(packetsPerSecond: number, current: number): number {
  if (packetsPerSecond < (current === 0 ? onFrom : offBelow)) return 0;
  return packetsPerSecond < crowdedFrom ? gatherMicroseconds : gatherCrowdedMicroseconds;
}

/** How often a new decision is taken, at least. */
const windowMs = 100;

/** Measures the rate from the batches themselves; silence costs no timer. */
export class CoalescingMeter {
  private since = 0;
  private packets = 0;
  private microseconds = 0;

  /** Takes the size of a batch. @returns what to set from now on, or `undefined` to leave it. */
  observe(packets: number, now: number): number | undefined {
    this.packets += packets;
    const elapsed = now - this.since;
    if (elapsed < windowMs) return undefined;
    const next = coalescingFor((this.packets * 1000) / elapsed, this.microseconds);
    this.since = now;
    this.packets = 0;
    if (next === this.microseconds) return undefined;
    this.microseconds = next;
    return next;
  }
}
