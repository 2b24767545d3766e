import { RtpHeaderWriter } from '@dialplane/rtp';
import { srtpKind } from '@dialplane/kernels';
import type { LoadClient } from './load-client.ts';
import type { LoadEngine } from './load-engine.ts';
import { stampBytes, writeStamp } from './stamp.ts';

/** Numbers that all clients of the load use, whichever server answers. */
export const loadPayloadType = { opus: 111, pcmu: 0, vp8: 96 } as const;
export const audioLevelExtension = 1;

/** Something that a client sends. */
export interface MediaSource {
  readonly client: LoadClient;
  readonly ssrc: number;
  /** Packets sent so far. */
  readonly sent: number;
  /** Sends what belongs to one frame. */
  sendFrame(engine: LoadEngine, nowMs: number): void;
}

const writer = new RtpHeaderWriter();

/** Frames that look like VP8 (RFC 7741) to whoever forwards them: a payload descriptor, key frames where they are asked for, and noise. */
export class VideoSource implements MediaSource {
  readonly client: LoadClient;
  readonly ssrc: number;
  sent = 0;
  private readonly packetsPerFrame: number;
  private readonly packetBytes: number;
  private sequenceNumber = 1000;
  private timestamp = 0;
  private pictureId = 0;
  private isKeyFrameWanted = true;

  constructor(client: LoadClient, ssrc: number, packetsPerFrame: number, packetBytes: number) {
    this.client = client;
    this.ssrc = ssrc;
    this.packetsPerFrame = packetsPerFrame;
    this.packetBytes = packetBytes;
    client.reporterSsrc = ssrc;
    client.onKeyFrameRequest = () => (this.isKeyFrameWanted = true);
  }

  sendFrame(engine: LoadEngine, nowMs: number): void {
    for (let index = 0; index < this.packetsPerFrame; index += 1) {
      const { slab, at } = engine.slot();
      const marker = index === this.packetsPerFrame - 1 ? 1 : 0;
      writer.begin(slab, at, marker, loadPayloadType.vp8, this.sequenceNumber, this.timestamp, this.ssrc);
      const headerLength = writer.finish();
      const payload = at + headerLength;
      // X and, in the first packet of the frame, S; I; a picture id of 15 bits (RFC 7741 §4.2).
      slab.set([index === 0 ? 0x90 : 0x80, 0x80, 0x80 | (this.pictureId >> 8), this.pictureId & 0xff], payload);
      if (index === 0) slab.set(this.isKeyFrameWanted ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] : [0x11, 0, 0], payload + 4);
      writeStamp(slab, payload + this.packetBytes, nowMs);
      engine.addPacket(this.client, srtpKind.rtp, headerLength, this.packetBytes);
      this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    }
    this.sent += this.packetsPerFrame;
    this.isKeyFrameWanted = false;
    this.pictureId = (this.pictureId + 1) & 0x7fff;
    this.timestamp += 3000;
  }
}

/** Frames of 20 ms: a recording that is repeated, or packets of one size that nobody decodes. */
export class AudioSource implements MediaSource {
  readonly client: LoadClient;
  readonly ssrc: number;
  sent = 0;
  private readonly frames: readonly AudioFrame[];
  private readonly payloadType: number;
  private readonly ticks: number;
  private next: number;
  private sequenceNumber = 1000;
  private timestamp = 0;

  /** @param first Which frame it begins with, so that not everybody says the same at once. */
  constructor(client: LoadClient, ssrc: number, codec: 'opus' | 'pcmu', frames: readonly AudioFrame[], first = 0) {
    this.client = client;
    this.ssrc = ssrc;
    this.frames = frames;
    this.payloadType = loadPayloadType[codec];
    this.ticks = codec === 'opus' ? 960 : 160;
    this.next = first;
    client.reporterSsrc = ssrc;
  }

  /** Frames that were its turn, sent or not. */
  get spoken(): number {
    return this.next;
  }

  /** A packet that is lost on its way. */
  loseFrame(): void {
    this.next += 1;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    this.timestamp += this.ticks;
  }

  sendFrame(engine: LoadEngine, nowMs: number): void {
    const frame = this.frames[this.next % this.frames.length];
    if (frame === undefined) throw new Error('an audio source has no frames');
    this.next += 1;
    const { slab, at } = engine.slot();
    writer.begin(slab, at, 0, this.payloadType, this.sequenceNumber, this.timestamp, this.ssrc);
    writer.elementUint8(audioLevelExtension, (frame.isVoice ? 0x80 : 0) | frame.level);
    const headerLength = writer.finish();
    slab.set(frame.payload, at + headerLength);
    if (frame.isStamped) writeStamp(slab, at + headerLength + frame.payload.length, nowMs);
    engine.addPacket(this.client, srtpKind.rtp, headerLength, frame.payload.length);
    this.sent += 1;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    this.timestamp += this.ticks;
  }
}

export interface AudioFrame {
  readonly payload: Uint8Array;
  /** In -dBov (RFC 6464 §3): 0 is loudest, 127 silence. */
  readonly level: number;
  readonly isVoice: boolean;
  /** Whether its end is overwritten by when it is sent: of what nobody decodes. */
  readonly isStamped: boolean;
}

/** What nobody decodes: loud, as they are said to be. */
export function opaqueFrames(bytes: number): readonly AudioFrame[] {
  return [{ payload: Uint8Array.from({ length: Math.max(bytes, stampBytes) }, (_, at) => at * 31), level: 20, isVoice: true, isStamped: true }];
}
