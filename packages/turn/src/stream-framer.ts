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
  private pending: Uint8Array = new Uint8Array(0);
  private start = 0;
  private isBroken = false;
  private hasStarted = false;
  private readonly longest: number;

  /** @param longest frames longer than this end the stream; a server sets it to what an honest client may send. */
  constructor(longest = longestFrame) {
    this.longest = longest;
  }

  /** Takes what the stream brought; the chunk must stay as it is until all its frames are taken. */
  push(chunk: Uint8Array): void {
    const rest = this.pending.length - this.start;
    if (rest === 0) this.pending = chunk;
    else {
      const joined = new Uint8Array(rest + chunk.length);
      joined.set(this.pending.subarray(this.start));
      joined.set(chunk, rest);
      this.pending = joined;
    }
    this.start = 0;
  }

  /** The next frame, a view into what was pushed. */
  next(): FrameResult {
    const available = this.pending.length - this.start;
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
    this.pending = this.pending.slice(this.start);
    this.start = 0;
    return { kind: 'incomplete' };
  }

  private refuse(): FrameResult {
    this.isBroken = true;
    this.pending = new Uint8Array(0);
    this.start = 0;
    return { kind: 'notTurn' };
  }
}
