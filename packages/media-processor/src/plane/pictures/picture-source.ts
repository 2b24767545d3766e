import { Vp8FrameAssembler, type RtpPacket } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { VideoComposer } from '../../composing/video-composer.ts';
import type { ReceivedSection } from '../legs/received-section.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';

/** Somebody's picture on its way into a composed one: the packets of one layer, put together to frames. */
export class PictureSource {
  readonly number: number;
  readonly section: ReceivedSection;
  private readonly composer: VideoComposer;
  private assembler = new Vp8FrameAssembler();
  private current: ReceivedStream | undefined;

  constructor(number: number, section: ReceivedSection, composer: VideoComposer) {
    this.number = number;
    this.section = section;
    this.composer = composer;
  }

  get stream(): ReceivedStream | undefined {
    return this.current;
  }

  /** Takes another layer from now on, which begins with a key frame. */
  follow(stream: ReceivedStream | undefined): void {
    if (stream === this.current) return;
    if (this.current?.composing === this) this.current.composing = undefined;
    this.current = stream;
    this.assembler = new Vp8FrameAssembler();
    if (stream === undefined) return;
    stream.composing = this;
    stream.needKeyFrame();
  }

  needKeyFrame(): void {
    this.current?.needKeyFrame();
  }

  push({ sequenceNumber, timestamp, marker, bytes, payloadType, payloadOffset, payloadLength }: RtpPacket, now: Instant): void {
    if (this.section.codecOf(payloadType)?.name !== 'VP8') return;
    const { assembler } = this;
    assembler.put(sequenceNumber, timestamp, marker, bytes, payloadOffset, payloadLength);
    for (let frame = assembler.take(now); frame !== undefined; frame = assembler.take(now)) {
      if (!this.composer.push(this.number, frame.bytes)) this.needKeyFrame();
    }
    if (assembler.needsKeyFrame) this.needKeyFrame();
  }
}
