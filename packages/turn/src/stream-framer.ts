import { UnreadBytes } from '@dialplane/sansio';
import { headerLength } from '@dialplane/stun';
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
  private readonly bytes = new UnreadBytes();
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
    return this.bytes.view;
  }

  /** Takes out what was pushed and is no frame yet: where the stream is no longer TURN's (RFC 6062 §5.4). */
  takeRest(): Uint8Array {
    return this.bytes.take(this.bytes.length).slice();
  }

  /** Takes what the stream brought; the chunk must stay as it is until all its frames are taken. */
  push(chunk: Uint8Array): void {
    if (!this.isBroken) this.bytes.push(chunk);
  }

  /** The next frame, a view into what was pushed. */
  next(): FrameResult {
    const { bytes } = this;
    const available = bytes.length;
    if (this.isBroken) return { kind: 'notTurn' };
    if (available === 0) return { kind: 'incomplete' };
    const first = bytes.at(0);
    const isChannel = isChannelByte(first);
    if (isChannel ? !this.hasStarted : first > 3) return this.refuse();
    if (available < 4) return this.keep();
    const claimed = (bytes.at(2) << 8) | bytes.at(3);
    const length = isChannel ? channelDataLength(claimed, true) : headerLength + claimed;
    if (length > this.longest || (!isChannel && claimed % 4 !== 0)) return this.refuse();
    if (available < length) return this.keep();
    this.hasStarted = true;
    return { kind: 'frame', bytes: bytes.take(length) };
  }

  /** An incomplete frame does not hold on to the driver's buffer. */
  private keep(): FrameResult {
    this.bytes.detach();
    return { kind: 'incomplete' };
  }

  private refuse(): FrameResult {
    this.isBroken = true;
    this.bytes.clear();
    return { kind: 'notTurn' };
  }
}
