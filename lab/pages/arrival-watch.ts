import { peerConnections } from './peer-connections.ts';

const lookEveryMs = 20;

/** Notices for how long no packet of sound arrived, by the browser's own counters of all peer connections of the page. */
export class ArrivalWatch {
  #packets = 0;
  #lastArrival = performance.now();
  #longestGapMs = 0;
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
    const reports = await Promise.all(peerConnections.filter(({ connectionState }) => connectionState !== 'closed').map((connection) => connection.getStats()));
    let packets = 0;
    for (const report of reports) {
      report.forEach((entry: Record<string, unknown>) => {
        if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio') packets += Number(entry['packetsReceived'] ?? 0);
      });
    }
    if (packets === this.#packets) return;
    const now = performance.now();
    if (this.#packets > 0) this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastArrival);
    this.#packets = packets;
    this.#lastArrival = now;
  }
}
