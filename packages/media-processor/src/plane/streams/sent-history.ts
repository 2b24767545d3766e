/** Packets whose origin is kept: at 500 packets a second two seconds. A power of two. */
const window = 1024;
/** A packet that was asked for again sooner is on its way. */
const leastRetryMs = 20;

/** Which received packet each sent one was, so that it can be sent again (RFC 4585 §6.2.1). Of one source at a time. */
export class SentHistory {
  private readonly sent = new Int32Array(window).fill(-1);
  private readonly received = new Uint16Array(window);
  private readonly repeatedAt = new Float64Array(window);

  note(sentNumber: number, receivedNumber: number): void {
    const place = sentNumber & (window - 1);
    this.sent[place] = sentNumber;
    this.received[place] = receivedNumber;
    this.repeatedAt[place] = 0;
  }

  /** The same for `count` received packets up to this one, which were all sent by numbers that are `offset` higher. */
  noteRun(newestReceived: number, count: number, offset: number): void {
    for (let back = Math.min(count, window) - 1; back >= 0; back -= 1) this.note((newestReceived - back + offset) & 0xffff, newestReceived - back);
  }

  /** The number that a packet came with; -1 where it is too old, came from another source, or was repeated a moment ago. */
  take(sentNumber: number, now: number, roundTripMs: number): number {
    const place = sentNumber & (window - 1);
    if (this.sent[place] !== sentNumber || now - (this.repeatedAt[place] ?? 0) < Math.max(leastRetryMs, roundTripMs * 0.8)) return -1;
    this.repeatedAt[place] = now;
    return this.received[place] ?? -1;
  }

  /** Another source comes. */
  clear(): void {
    this.sent.fill(-1);
  }
}
