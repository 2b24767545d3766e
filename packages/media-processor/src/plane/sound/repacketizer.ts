import type { MixCodec } from '../../mixing/audio-mixer.ts';

/** Codecs of telephony: frames of theirs can be joined and cut wherever 10 ms end. Those of Opus cannot, and every decoder of Opus takes 20 ms (RFC 7587 §4.2). */
export type DivisibleCodec = Exclude<MixCodec, 'opus'>;

/** Sound to be sent in one packet. */
export interface SoundPacket {
  /** Of its beginning, on the clock of the codec. */
  readonly timestamp: number;
  /** RFC 3551 §4.1. */
  readonly marker: 0 | 1;
  readonly payload: Uint8Array;
}

interface SoundFrame {
  readonly timestamp: number;
  readonly startsTalkspurt: boolean;
  readonly payload: Uint8Array;
}

/** RTP clock of all of them (RFC 3551 §4.5). */
const unitsPerMs = 8;
const longestPacketMs = 60;
const frameMs = 20;
/** G.711 and G.722 have a byte for each unit, G.729 has one for each millisecond. */
const mostBytes = (longestPacketMs + frameMs) * unitsPerMs;

/** Makes packets of another length of the mixer's frames of 20 ms, for one telephone (RFC 8866 §6.4). What does not fill a packet waits for the next frame, or for {@link flush}. */
export class Repacketizer {
  private readonly bytesPerMs: number;
  private readonly packetBytes: number;
  private readonly bytes = new Uint8Array(mostBytes);
  private length = 0;
  private timestamp = 0;
  private marker: 0 | 1 = 0;

  /** @param packetMs A multiple of 10, 10 to 60. */
  constructor(codec: DivisibleCodec, packetMs: number) {
    this.bytesPerMs = codec === 'G729' ? 1 : unitsPerMs;
    this.packetBytes = packetMs * this.bytesPerMs;
  }

  /** Takes a frame. @returns the packets that are whole with it; what comes after a pause is in another packet than what was before it. */
  add({ timestamp, startsTalkspurt, payload }: SoundFrame): readonly SoundPacket[] {
    const packets: SoundPacket[] = [];
    if (this.length > 0 && (timestamp | 0) !== this.end) packets.push(...this.flush());
    if (this.length === 0) {
      this.timestamp = timestamp | 0;
      this.marker = startsTalkspurt ? 1 : 0;
    }
    this.bytes.set(payload, this.length);
    this.length += payload.length;
    while (this.length >= this.packetBytes) packets.push(this.cut(this.packetBytes));
    return packets;
  }

  /** @returns What waits, as a packet that is shorter; something else is to be sent. */
  flush(): readonly SoundPacket[] {
    return this.length === 0 ? [] : [this.cut(this.length)];
  }

  /** The timestamp of what comes next. */
  private get end(): number {
    return (this.timestamp + (this.length / this.bytesPerMs) * unitsPerMs) | 0;
  }

  private cut(length: number): SoundPacket {
    const { timestamp, marker, bytes } = this;
    const payload = bytes.slice(0, length);
    bytes.copyWithin(0, length, this.length);
    this.length -= length;
    this.timestamp = (timestamp + (length / this.bytesPerMs) * unitsPerMs) | 0;
    this.marker = 0;
    return { timestamp, marker, payload };
  }
}
