import { headerLength, readUint16 } from '@dialplane/stun';
import { channelDataLength, isChannelByte } from './channel-data.ts';

/** Longest frame: a STUN header and the most its length field can say. */
const longestFrame = headerLength + 0xffff;

/** What the framer found next. */
export type FrameResult = { readonly kind: 'frame'; readonly bytes: Uint8Array } | { readonly kind: 'incomplete' } | { readonly kind: 'notTurn' };

/**
 * Cuts a TCP or TLS stream into STUN messages and padded ChannelData messages (RFC 8656 §12.5, RFC 8489 §6.2.2). Keeps at most one
 * incomplete frame; a stream that carries anything else is `notTurn` for good and has to be closed. The first frame must be STUN: nobody has a channel
 * yet, and HTTP's GET looks like ChannelData.
 *
 * ```ts
 * framer.push(chunk);
 * for (let next = framer.next(); next.kind === 'frame'; next = framer.next()) server.handle({ kind: 'clientFrame', path, bytes: next.bytes }, now);
 * ```
 */
export class StreamFramer {
  /** What has arrived and is not cut yet: from `start` to `end`; behind that is room, where `isOurs`. */
  private pending: Uint8Array = new Uint8Array(0);
  private start = 0;
  private end = 0;
  /** Whether `pending` is a copy, and not the driver's buffer. */
  private isOurs = false;
  private isBroken = false;
  private hasStarted = false;
  private longest: number;

  /** @param longest frames longer than this end the stream; a server sets it to what an honest client may send. */
  constructor(longest = longestFrame) {
    this.longest = longest;
  }

  /** Frames that are not complete yet may have another length from now on; without argument the longest that there is. */
  setLongest(longest = longestFrame): void {
    this.longest = longest;
  }

  /** What was pushed and not returned as a frame yet; the next frames are views into it. */
  get unread(): Uint8Array {
    return this.pending.subarray(this.start, this.end);
  }

  /** Takes out what was pushed and is no frame yet: where the stream is no longer TURN's (RFC 6062 §5.4). */
  takeRest(): Uint8Array {
    const rest = this.unread.slice();
    this.start = this.end;
    return rest;
  }

  /** Takes what the stream brought; the chunk must stay as it is until all its frames are taken. */
  push(chunk: Uint8Array): void {
    if (this.isBroken) return;
    const rest = this.end - this.start;
    if (rest === 0) {
      this.pending = chunk;
      this.start = 0;
      this.end = chunk.length;
      this.isOurs = false;
      return;
    }
    if (!this.isOurs || this.end + chunk.length > this.pending.length) this.moveToRoomFor(rest + chunk.length);
    this.pending.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** The next frame, a view into what was pushed. */
  next(): FrameResult {
    const available = this.end - this.start;
    if (this.isBroken) return { kind: 'notTurn' };
    if (available === 0) return { kind: 'incomplete' };
    const first = this.pending[this.start] ?? 0;
    const isChannel = isChannelByte(first);
    if (isChannel ? !this.hasStarted : first > 3) return this.refuse();
    if (available < 4) return this.keep();
    const claimed = readUint16(this.pending, this.start + 2);
    const length = isChannel ? channelDataLength(claimed, true) : headerLength + claimed;
    if (length > this.longest || (!isChannel && claimed % 4 !== 0)) return this.refuse();
    if (available < length) return this.keep();
    const bytes = this.pending.subarray(this.start, this.start + length);
    this.start += length;
    this.hasStarted = true;
    return { kind: 'frame', bytes };
  }

  /** Copies an incomplete frame, so that it does not hold on to the driver's buffer. */
  private keep(): FrameResult {
    if (!this.isOurs) this.moveToRoomFor(this.end - this.start);
    return { kind: 'incomplete' };
  }

  /** Twice the room that is needed: a frame that comes byte by byte is copied a few times, not for every byte. */
  private moveToRoomFor(length: number): void {
    const roomy = new Uint8Array(length * 2);
    roomy.set(this.pending.subarray(this.start, this.end));
    this.pending = roomy;
    this.end -= this.start;
    this.start = 0;
    this.isOurs = true;
  }

  private refuse(): FrameResult {
    this.isBroken = true;
    this.pending = new Uint8Array(0);
    this.start = 0;
    this.end = 0;
    return { kind: 'notTurn' };
  }
}
