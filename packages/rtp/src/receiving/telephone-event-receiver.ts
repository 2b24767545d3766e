import { dtmfTones, parseTelephoneEvent } from '../payload/telephone-event.ts';
import type { RtpPacket } from '../rtp-packet.ts';
import { timestampDistance } from '../serial-numbers.ts';

/** A press that packets have told of. */
interface Press {
  readonly ssrc: number;
  readonly event: number;
  readonly timestamp: number;
  /** Of the sound that has been told of, on the stream's clock. */
  readonly endsAt: number;
}

/** Pauses between two presses are longer (ITU-T Q.24 asks for 40 ms). */
const shortestPauseMs = 40;
/** What lies further back is no straggler: the sender has begun to count anew. */
const longestDelayMs = 5_000;

/**
 * Presses of keys in the telephone events of one sender (RFC 4733 §2.5.2): each is told once, with the first packet of it that arrives, whichever that is. Any packet of a
 * press can be lost; all of them have its timestamp, and where it is longer than a duration can say, its next segment begins where the one before ended (§2.5.1.3).
 */
export class TelephoneEventReceiver {
  private readonly unitsPerMs: number;
  private last: Press | undefined;

  /** @param clockRate Of the payload type, in Hz. */
  constructor(clockRate: number) {
    this.unitsPerMs = clockRate / 1000;
  }

  /** Takes a packet of events. @returns The key that it is the first to tell of: one of `0-9*#A-D`. */
  take({ ssrc, timestamp, bytes, payloadOffset, payloadLength }: Pick<RtpPacket, 'ssrc' | 'timestamp' | 'bytes' | 'payloadOffset' | 'payloadLength'>): string | undefined {
    const told = parseTelephoneEvent(bytes, payloadOffset, payloadLength);
    const tone = told === undefined ? undefined : dtmfTones[told.event];
    if (told === undefined || tone === undefined) return undefined;
    const { last } = this;
    const press = { ssrc, event: told.event, timestamp, endsAt: (timestamp + told.duration) | 0 };
    if (last?.ssrc !== ssrc) {
      this.last = press;
      return tone;
    }
    const age = timestampDistance(timestamp, last.timestamp);
    if (age < 0 && age > -longestDelayMs * this.unitsPerMs) return undefined;
    const isSame = age === 0 || (told.event === last.event && timestampDistance(timestamp, last.endsAt) < shortestPauseMs * this.unitsPerMs && age > 0);
    const isLonger = timestampDistance(press.endsAt, last.endsAt) > 0;
    if (!isSame || isLonger) this.last = press;
    return isSame ? undefined : tone;
  }
}
