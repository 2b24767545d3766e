import type { Instant } from '@dialplane/sansio';
import type { ComposedFrame, VideoComposer, VideoComposerEvents } from '../../composing/video-composer.ts';
import type { FanOut } from '../forwarding/fan-out.ts';
import type { ConferencePicture } from './conference-picture.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import type { PictureSource } from './picture-source.ts';

/** The way between the packet thread and the video composer's, for all conferences of the process. */
export class Composing implements VideoComposerEvents {
  readonly sender: PacketSender;
  readonly fanOut: FanOut;
  private composer: VideoComposer | undefined;
  private readonly pictures = new Map<number, ConferencePicture>();
  private readonly sources = new Map<number, PictureSource>();
  private readonly clock: () => Instant;
  private readonly log: (sentence: string) => void;

  constructor(sender: PacketSender, fanOut: FanOut, clock: () => Instant, log: (sentence: string) => void) {
    this.sender = sender;
    this.fanOut = fanOut;
    this.clock = clock;
    this.log = log;
  }

  /** From here on pictures can be composed. */
  use(composer: VideoComposer): void {
    this.composer = composer;
  }

  get current(): VideoComposer | undefined {
    return this.composer;
  }

  addPicture(composition: number, picture: ConferencePicture): void {
    this.pictures.set(composition, picture);
  }

  removePicture(composition: number): void {
    this.pictures.delete(composition);
    this.composer?.closeComposition(composition);
  }

  addSource(source: PictureSource): void {
    this.sources.set(source.number, source);
  }

  removeSource(source: PictureSource): void {
    source.follow(undefined);
    this.sources.delete(source.number);
    this.composer?.removeSource(source.number);
  }

  onFrames(frames: readonly ComposedFrame[]): void {
    const now = this.clock();
    for (const frame of frames) this.pictures.get(frame.composition)?.send(frame, now);
  }

  onKeyFrameNeeded(source: number): void {
    this.sources.get(source)?.needKeyFrame();
  }

  onFailure(sentence: string): void {
    this.log(sentence);
  }

  async close(): Promise<void> {
    await this.composer?.close();
  }
}
