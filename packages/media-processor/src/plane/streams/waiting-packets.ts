import type { SourceStream } from './source-stream.ts';

/** As many as a source keeps. A power of two. */
const capacity = 1024;

/** Packets of one source that are to be sent a little later, in the order in which they came: their numbers, since the source keeps what they say. */
export class WaitingPackets {
  source: SourceStream | undefined;
  private numbers: Uint16Array | undefined;
  private first = 0;
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Sequence number of the next one, as it came; there is one. */
  get next(): number {
    return this.numbers?.[this.first] ?? 0;
  }

  /** Puts a packet behind the others; the oldest makes room where there is none. Those of another source are forgotten: a key frame of this one comes. */
  add(source: SourceStream, sequenceNumber: number): void {
    if (source !== this.source) this.clear();
    this.source = source;
    // Most streams never wait.
    this.numbers ??= new Uint16Array(capacity);
    if (this.count === capacity) this.drop();
    this.numbers[(this.first + this.count) & (capacity - 1)] = sequenceNumber;
    this.count += 1;
  }

  /** Forgets the next one. */
  drop(): void {
    this.first = (this.first + 1) & (capacity - 1);
    this.count -= 1;
  }

  clear(): void {
    this.count = 0;
    this.source = undefined;
  }
}
