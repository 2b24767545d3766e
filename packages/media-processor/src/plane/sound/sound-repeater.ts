import { encodeRedundantAudio, type SentAudio } from '@dialplane/rtp';

/** Puts the frame before into each packet once more, for one listener who loses many (RFC 2198): of two lost in a row one is heard. */
export class SoundRepeater {
  /** Of the packets. */
  readonly payloadType: number;
  private readonly soundPayloadType: number;
  private before: SentAudio | undefined;

  /** @param soundPayloadType Of what is in them. */
  constructor(payloadType: number, soundPayloadType: number) {
    this.payloadType = payloadType;
    this.soundPayloadType = soundPayloadType;
  }

  /** @returns the payload of a packet with the frame. */
  add({ timestamp, payload }: SentAudio): Uint8Array {
    const frame = { timestamp, payload: payload.slice() };
    const wrapped = encodeRedundantAudio(this.soundPayloadType, frame, this.before);
    this.before = frame;
    return wrapped;
  }
}
