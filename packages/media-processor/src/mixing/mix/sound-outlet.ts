import type { OpusSignal } from '@dialplane/kernels';
import { type MixReception, mixClockRates } from '../audio-mixer.ts';
import type { AudioWorkspace } from '../audio-workspace.ts';
import type { EncodedFrame } from '../thread/frame-records.ts';
import type { SampleRate } from '../codecs/sample-rates.ts';
import { openSoundEncoder, type SoundEncoder, type SoundFormat } from '../codecs/sound-encoder.ts';

/** Frames of silence that follow the last sound, so that it ends in silence everywhere. */
export const silentTail = 3;

/** A word of silence is sent so often, in ticks: every 400 ms, as encoders of Opus do it. */
const wordTicks = 20;
/** RFC 3389 §3: white noise, as loud (70 dB below the loudest) as the line of a quiet room. Nobody is heard, so there is no noise to describe. */
const comfortNoise = Uint8Array.of(70);

/** What a tick gives to an outlet: where a frame is in the workspace, how loud it is and what it is; `undefined` is silence. */
export interface FrameSound {
  readonly at: number;
  readonly level: number;
  readonly signal: OpusSignal;
}

/** The tick that a frame is of. */
export interface OutletTick {
  /** Of the thread, and since the mix began. */
  readonly tick: number;
  readonly ticks: number;
  /** Where a frame of silence is. */
  readonly silentAt: number;
  readonly inSilence: NonNullable<MixReception['inSilence']>;
}

/** A frame, without those who get it. */
export type OutletFrame = Omit<EncodedFrame, 'mix' | 'recipients'>;

/** One stream of encoded frames: that of all who listen in one format, or that of one who hears something of its own. */
export class SoundOutlet {
  private readonly workspace: AudioWorkspace;
  private readonly format: SoundFormat;
  private readonly encoder: SoundEncoder;
  private silentFrames = silentTail;
  /** When it last had listeners, and when it last had something for them. */
  private servedTick = -1;
  private soundTick = -1;
  /** Of the last sound; silence after it is coded as it was. */
  private signal: OpusSignal = 'unknown';

  /** @param rate Of the frames that it is given. */
  constructor(workspace: AudioWorkspace, format: SoundFormat, rate: SampleRate) {
    this.workspace = workspace;
    this.format = format;
    this.encoder = openSoundEncoder(workspace, format, rate);
  }

  /** Whoever hears the other one until this tick can be moved here without a seam. Nothing where this one has listeners already. */
  continueFrom(other: SoundOutlet, tick: number): void {
    if (this.servedTick === tick - 1 || other.servedTick !== tick - 1) return;
    this.encoder.continueFrom(other.encoder);
    this.silentFrames = other.silentFrames;
    this.soundTick = other.soundTick;
    this.signal = other.signal;
  }

  /** Encodes a frame, into `encoded` of the workspace. @returns What is to be sent; `undefined` where nothing is, because silence has been sent for long enough. */
  encode(sound: FrameSound | undefined, { tick, ticks, silentAt, inSilence }: OutletTick): OutletFrame | undefined {
    this.servedTick = tick;
    this.silentFrames = sound === undefined ? this.silentFrames + 1 : 0;
    const { codec } = this.format;
    const timestamp = (ticks * (mixClockRates[codec] / 50)) | 0;
    if (this.silentFrames > silentTail && inSilence !== 'frames') {
      const isDue = inSilence === 'word' && (this.silentFrames - silentTail) % wordTicks === 1;
      if (!isDue) return undefined;
      if (codec !== 'opus') return { codec: 'CN', timestamp, startsTalkspurt: false, level: 127, bytes: comfortNoise, length: comfortNoise.length };
    }
    this.signal = sound?.signal ?? this.signal;
    const length = this.encoder.encode(sound?.at ?? silentAt, this.signal);
    if (length <= 0) return undefined;
    const startsTalkspurt = sound !== undefined && this.soundTick !== tick - 1;
    this.soundTick = tick;
    return { codec, timestamp, startsTalkspurt, level: sound?.level ?? 127, bytes: this.workspace.encoded, length };
  }

  close(): void {
    this.encoder.close();
  }
}
