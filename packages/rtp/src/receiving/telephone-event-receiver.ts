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
  /** One that began without the marker bit waits for a packet that has it, where that is asked for. */
  readonly state: 'unmarked' | 'told';
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
  private readonly markerless: 'accepted' | 'ignored';
  private last: Press | undefined;

  /**
   * @param clockRate Of the payload type, in Hz.
   * @param markerless Whether a press is told of which no packet has the marker bit (RFC 4733 §2.2.2). The packet that has it can be lost, and some senders never set it; others send events without it that
   * are no presses.
   */
  constructor(clockRate: number, markerless: 'accepted' | 'ignored' = 'accepted') {
    this.unitsPerMs = clockRate / 1000;
    this.markerless = markerless;
  }

  /** Takes a packet of events. @returns The key that it is the first to tell of: one of `0-9*#A-D`. */
  take({ ssrc, timestamp, marker, bytes, payloadOffset, payloadLength }: Pick<RtpPacket, 'ssrc' | 'timestamp' | 'marker' | 'bytes' | 'payloadOffset' | 'payloadLength'>): string | undefined {
    const told = parseTelephoneEvent(bytes, payloadOffset, payloadLength);
    const tone = told === undefined ? undefined : dtmfTones[told.event];
    if (told === undefined || tone === undefined) return undefined;
    const { last } = this;
    const state = marker === 1 || this.markerless === 'accepted' ? 'told' : 'unmarked';
    const press: Press = { ssrc, event: told.event, timestamp, endsAt: (timestamp + told.duration) | 0, state };
    if (last?.ssrc !== ssrc) {
      this.last = press;
      return state === 'told' ? tone : undefined;
    }
    const age = timestampDistance(timestamp, last.timestamp);
    if (age < 0 && age > -longestDelayMs * this.unitsPerMs) return undefined;
    const isSame = age === 0 || (told.event === last.event && timestampDistance(timestamp, last.endsAt) < shortestPauseMs * this.unitsPerMs && age > 0);
    const isLonger = timestampDistance(press.endsAt, last.endsAt) > 0;
    const isTold = isSame && last.state === 'told';
    if (!isSame || isLonger) this.last = isTold ? { ...press, state: 'told' } : press;
    else if (state === 'told') this.last = { ...last, state };
    return isTold || state === 'unmarked' ? undefined : tone;
  }
}
