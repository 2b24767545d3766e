import { peerConnections } from './peer-connections.ts';

const lookEveryMs = 20;

/** Notices for how long no packet of sound arrived, by the browser's own counters of all peer connections of the page. */
export class ArrivalWatch {
  /** Of each stream of each peer connection. */
  readonly #packets = new Map<string, number>();
  #lastArrival = performance.now();
  #longestGapMs = 0;
  #hasBegun = false;
  #look = Promise.resolve();

  constructor() {
    setInterval(() => (this.#look = this.#look.then(() => this.#count())), lookEveryMs);
  }

  /** The longest pause since the watch began or this was last asked, in milliseconds; one that still lasts counts. */
  takeLongestGap(): number {
    const gap = Math.max(this.#longestGapMs, performance.now() - this.#lastArrival);
    this.#longestGapMs = 0;
    return Math.round(gap);
  }

  async #count(): Promise<void> {
    let hasArrived = false;
    const open = [...peerConnections.entries()].filter(([, { connectionState }]) => connectionState !== 'closed');
    await Promise.all(open.map(async ([index, connection]) => {
      (await connection.getStats()).forEach((entry: Record<string, unknown>) => {
        if (entry['type'] !== 'inbound-rtp' || entry['kind'] !== 'audio') return;
        const stream = `${index} ${String(entry['id'])}`;
        const packets = Number(entry['packetsReceived'] ?? 0);
        hasArrived ||= packets > (this.#packets.get(stream) ?? 0);
        this.#packets.set(stream, packets);
      });
    }));
    if (!hasArrived) return;
    const now = performance.now();
    if (this.#hasBegun) this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastArrival);
    this.#hasBegun = true;
    this.#lastArrival = now;
  }
}
