import { type MixCodec, mixClockRates } from '../../mixing/audio-mixer.ts';

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

export function isDivisible(name: string): name is DivisibleCodec {
  return name in mixClockRates && name !== 'opus';
}

/** G.711 and G.722 have a byte for each unit, G.729 has one for each millisecond. */
export function bytesPerMsOf(codec: DivisibleCodec): number {
  return codec === 'G729' ? 1 : unitsPerMs;
}

/** Makes packets of another length of the mixer's frames, or of what another telephone has sent, for one telephone (RFC 8866 §6.4). What does not fill a packet waits for the next frame, or for {@link flush}. */
export class Repacketizer {
  private readonly bytesPerMs: number;
  private readonly packetBytes: number;
  private readonly bytes: Uint8Array;
  private length = 0;
  private timestamp = 0;
  private marker: 0 | 1 = 0;

  /** @param packetMs A multiple of 10, 10 to 60. */
  constructor(codec: DivisibleCodec, packetMs: number) {
    this.bytesPerMs = bytesPerMsOf(codec);
    this.packetBytes = packetMs * this.bytesPerMs;
    this.bytes = new Uint8Array(this.packetBytes);
  }

  /** Takes sound of any length. @returns the packets that are whole with it; what comes after a pause is in another packet than what was before it. */
  add({ timestamp, startsTalkspurt, payload }: SoundFrame): readonly SoundPacket[] {
    const packets: SoundPacket[] = [];
    if (this.length > 0 && (timestamp | 0) !== this.end) packets.push(...this.flush());
    if (this.length === 0) {
      this.timestamp = timestamp | 0;
      this.marker = startsTalkspurt ? 1 : 0;
    }
    for (let taken = 0; taken < payload.length;) {
      const part = payload.subarray(taken, taken + this.packetBytes - this.length);
      this.bytes.set(part, this.length);
      this.length += part.length;
      taken += part.length;
      if (this.length === this.packetBytes) packets.push(this.cut());
    }
    return packets;
  }

  /** @returns What waits, as a packet that is shorter; something else is to be sent. */
  flush(): readonly SoundPacket[] {
    return this.length === 0 ? [] : [this.cut()];
  }

  /** The timestamp of what comes next. */
  private get end(): number {
    return (this.timestamp + (this.length / this.bytesPerMs) * unitsPerMs) | 0;
  }

  private cut(): SoundPacket {
    const { timestamp, marker, end } = this;
    const payload = this.bytes.slice(0, this.length);
    this.length = 0;
    this.timestamp = end;
    this.marker = 0;
    return { timestamp, marker, payload };
  }
}
