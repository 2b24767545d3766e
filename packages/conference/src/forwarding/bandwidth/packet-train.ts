/** Where less than this part of what was sent arrived per time, the line was full. */
const fullPart = 0.9;

/** Packets that were sent one behind the other, and how fast they arrived: what a line takes while it is full. Times are in milliseconds, those of sending and of arrival each of a clock of their own. */
export class PacketTrain {
  packets = 0;
  lastSentAt = 0;
  lastArrivedAt = 0;
  private bytes = 0;
  private firstSentAt = 0;
  private firstArrivedAt = 0;
  private firstSize = 0;
  private lastSize = 0;

  /** The next packet begins another train. */
  clear(): void {
    this.packets = 0;
  }

  /** Notes a packet that arrived, in the order of sending. */
  note(bytes: number, sentAt: number, arrivedAt: number): void {
    if (this.packets === 0) {
      this.bytes = 0;
      this.firstSentAt = this.lastSentAt = sentAt;
      this.firstArrivedAt = this.lastArrivedAt = arrivedAt;
      this.firstSize = bytes;
    }
    this.packets += 1;
    this.bytes += bytes;
    this.lastSentAt = Math.max(this.lastSentAt, sentAt);
    this.lastArrivedAt = Math.max(this.lastArrivedAt, arrivedAt);
    this.lastSize = bytes;
  }

  get sentMs(): number {
    return this.lastSentAt - this.firstSentAt;
  }

  get arrivedMs(): number {
    return this.lastArrivedAt - this.firstArrivedAt;
  }

  /** Without its last packet, after which nothing was sent. */
  get sentBps(): number {
    return ((this.bytes - this.lastSize) * 8000) / this.sentMs;
  }

  /** Without its first packet, before which nothing arrived. */
  get arrivedBps(): number {
    return ((this.bytes - this.firstSize) * 8000) / this.arrivedMs;
  }

  /** Whether it came slower than it was sent. */
  get isSlowed(): boolean {
    return this.arrivedBps < fullPart * this.sentBps;
  }
}
