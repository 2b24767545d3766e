import type { Instant } from '@dialplane/sansio';
import { writeUint16, writeUint24 } from '../big-endian.ts';
import { packetStatus } from '../rtcp/transport-wide-feedback.ts';
import { sequenceDistance } from '../serial-numbers.ts';

/** Packets whose arrival is kept: two seconds at a thousand packets per second. A power of two. */
const capacity = 2048;
/** Packets per feedback, so that it fits any path: two bytes of delta each, and chunks. */
const mostPerFeedback = 400;
const ticksPerMillisecond = 4;
const ticksPerReference = 256;

/**
 * When packets of one transport arrived, by transport sequence number, and the feedback that tells the sender (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 * A packet costs two array accesses. A packet that comes after it was reported missing is reported again.
 */
export class ArrivalRecorder {
  /** Arrival in 250 us since the first packet's instant, -1 where nothing arrived, in the place of the number modulo the capacity. As the others, empty until something arrives. */
  private ticks = new Float64Array(0);
  private statuses = new Uint8Array(0);
  private deltas = new Int32Array(0);
  private origin: Instant | undefined;
  /** Extended number of the newest packet, and of the first that has not been reported. */
  private newest = -1;
  private unreported = 0;
  private feedbackCount = 0;

  /** Notes that the packet with `transportSequenceNumber` arrived at `now`. */
  note(transportSequenceNumber: number, now: Instant): void {
    const origin = this.origin ?? now;
    const number = this.newest === -1 ? transportSequenceNumber + 0x10000 : this.newest + sequenceDistance(transportSequenceNumber, this.newest & 0xffff);
    if (this.origin === undefined || number - this.newest >= capacity) this.restart(number, origin);
    else if (number <= this.newest - capacity) return;
    for (let skipped = this.newest + 1; skipped < number; skipped += 1) this.ticks[skipped & (capacity - 1)] = -1;
    if (number > this.newest) this.newest = number;
    else if (this.arrivedAt(number) >= 0) return;
    this.ticks[number & (capacity - 1)] = Math.round((now - origin) * ticksPerMillisecond);
    if (number < this.unreported) this.unreported = number;
  }

  /** Whether packets arrived that no feedback has told of. */
  get hasUnreported(): boolean {
    return this.unreported <= this.newest;
  }

  /**
   * Writes the body of a feedback, from its base sequence number on, about what has not been reported, at most 400 packets: for {@link RtcpWriter.transportWideFeedback}.
   * Call it while {@link hasUnreported}. Returns the index behind what was written.
   */
  writeFeedback(bytes: Uint8Array, at: number): number {
    const base = Math.max(this.unreported, this.newest - capacity + 1);
    let first = base;
    while (first < this.newest && this.arrivedAt(first) < 0) first += 1;
    const from = Math.max(base, first - mostPerFeedback + 1);
    const reference = Math.floor(this.arrivedAt(first) / ticksPerReference);
    const count = this.collect(from, reference * ticksPerReference);
    writeUint16(bytes, at, from);
    writeUint16(bytes, at + 2, count);
    writeUint24(bytes, at + 4, reference);
    bytes[at + 7] = this.feedbackCount;
    this.feedbackCount = (this.feedbackCount + 1) & 0xff;
    this.unreported = from + count;
    return this.writeDeltas(bytes, this.writeChunks(bytes, at + 8, count), count);
  }

  /** Statuses and deltas of the packets from `from` on, up to the first whose delta does not fit; how many. */
  private collect(from: number, reference: number): number {
    let previous = reference;
    const most = Math.min(mostPerFeedback, this.newest - from + 1);
    for (let index = 0; index < most; index += 1) {
      const arrived = this.arrivedAt(from + index);
      this.statuses[index] = packetStatus.notReceived;
      if (arrived < 0) continue;
      const delta = arrived - previous;
      if (delta < -0x8000 || delta > 0x7fff) return index;
      this.statuses[index] = delta >= 0 && delta <= 0xff ? packetStatus.smallDelta : packetStatus.largeDelta;
      this.deltas[index] = delta;
      previous = arrived;
    }
    return most;
  }

  /** Run lengths where symbols repeat, vectors of 14 small or of 7 symbols elsewhere. */
  private writeChunks(bytes: Uint8Array, at: number, count: number): number {
    let target = at;
    for (let index = 0; index < count; target += 2) {
      const symbol = this.statuses[index] ?? 0;
      const run = this.runAt(index, count);
      const small = this.smallAt(index, count);
      if (run >= 14 || index + run === count || (run >= 7 && small < 14)) {
        writeUint16(bytes, target, (symbol << 13) | run);
        index += run;
      } else {
        const bits = small >= 14 || index + small === count ? 1 : 2;
        writeUint16(bytes, target, this.vectorAt(index, count, bits));
        index += 14 / bits;
      }
    }
    return target;
  }

  private runAt(index: number, count: number): number {
    let end = index + 1;
    while (end < count && this.statuses[end] === this.statuses[index]) end += 1;
    return end - index;
  }

  /** How many symbols from `index` on (14 at most) need one bit. */
  private smallAt(index: number, count: number): number {
    let end = index;
    while (end < count && end < index + 14 && this.statuses[end] !== packetStatus.largeDelta) end += 1;
    return end - index;
  }

  private vectorAt(index: number, count: number, bits: 1 | 2): number {
    let chunk = bits === 1 ? 0x8000 : 0xc000;
    for (let place = 0; place < 14 / bits && index + place < count; place += 1) chunk |= (this.statuses[index + place] ?? 0) << (14 - bits * (place + 1));
    return chunk;
  }

  private writeDeltas(bytes: Uint8Array, at: number, count: number): number {
    let target = at;
    for (let index = 0; index < count; index += 1) {
      const status = this.statuses[index] ?? 0;
      const delta = this.deltas[index] ?? 0;
      if (status === packetStatus.smallDelta) bytes[target] = delta;
      else if (status === packetStatus.largeDelta) writeUint16(bytes, target, delta);
      target += status;
    }
    return target;
  }

  private arrivedAt(number: number): number {
    return this.ticks[number & (capacity - 1)] ?? -1;
  }

  private restart(number: number, origin: Instant): void {
    this.origin = origin;
    if (this.ticks.length === 0) this.open();
    this.ticks.fill(-1);
    this.newest = number - 1;
    this.unreported = number;
  }

  private open(): void {
    this.ticks = new Float64Array(capacity);
    this.statuses = new Uint8Array(mostPerFeedback);
    this.deltas = new Int32Array(mostPerFeedback);
  }
}
