import { addDtmf, addHoldMusic, addProgressTone, DtmfQueue, type DtmfFrame } from '@dialplane/conference';
import type { LegSound } from '@dialplane/media-api';
import { dtmfTones, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { mixClockRates, type MixReception } from './audio-mixer.ts';
import type { AudioWorkspace } from './audio-workspace.ts';
import { samplesOfFrame, type SampleRate } from './sample-rates.ts';
import type { OutletFrame } from './sound-outlet.ts';

/** The last packet of a press is sent three times (RFC 4733 §2.5.1.4). */
const endRepeats = 2;
/** In -dBm0, of keys that are pressed here (RFC 4733 §2.3.4). */
const eventVolume = 8;

/** What one member hears that others do not: keys that are pressed for it, and sounds besides the mix or instead of it. */
export class OwnSound {
  readonly queue = new DtmfQueue();
  private sound: LegSound = 'none';
  private country: string | undefined;
  /** Ticks since the sound began. */
  private age = 0;
  private frame: DtmfFrame | undefined;
  /** When the press that is being sent began. */
  private pressedTicks = 0;
  /** How many frames of its sound have been told of. */
  private soundFrames = 0;
  private readonly event = new Uint8Array(telephoneEventLength);

  set(sound: LegSound, country: string | undefined): void {
    if (sound === this.sound && country === this.country) return;
    this.sound = sound;
    this.country = country;
    this.age = 0;
  }

  /** Whether there is anything of the kind now. */
  get isActive(): boolean {
    return this.sound !== 'none' || !this.queue.isEmpty;
  }

  /** Begins a tick. */
  begin(ticks: number): void {
    this.frame = this.queue.next();
    if (this.frame?.part === 'sound' && this.frame.index === 0) this.pressedTicks = ticks;
    this.age += 1;
  }

  /** Whether the others are heard beneath it. */
  get leavesOthers(): boolean {
    return this.frame === undefined && this.sound !== 'hold' && this.sound !== 'silence';
  }

  /** Adds this tick's samples. @returns Whether there were any. */
  add(workspace: AudioWorkspace, at: number, rate: SampleRate): boolean {
    const count = samplesOfFrame(rate);
    const { samples } = workspace;
    const { frame, sound, country } = this;
    const index = (this.age - 1) * count;
    if (frame !== undefined) {
      if (frame.part === 'sound') addDtmf(samples, at, count, { tone: frame.tone, rate, index: frame.index * count });
      return frame.part === 'sound';
    }
    if (sound === 'ringback' || sound === 'busy') addProgressTone(samples, at, count, { kind: sound, rate, index, ...(country !== undefined && { country }) });
    else if (sound === 'hold') addHoldMusic(samples, at, count, { rate, index });
    return sound !== 'none' && sound !== 'silence';
  }

  /** The packet of a telephone event in place of this tick's frame (RFC 4733 §2.5.1); `undefined` where sound is to be sent. */
  eventFor({ codec, keys }: MixReception): OutletFrame | undefined {
    const { frame, event } = this;
    if (frame === undefined || keys !== 'events') return undefined;
    const isRepeat = frame.part === 'pause';
    if (isRepeat && frame.index >= endRepeats) return undefined;
    const units = mixClockRates[codec] / 50;
    const frames = isRepeat ? this.soundFrames : frame.index + 1;
    this.soundFrames = frames;
    writeTelephoneEvent(event, 0, { event: dtmfTones.indexOf(frame.tone), end: isRepeat || frame.isLast, volume: eventVolume, duration: frames * units });
    return { codec: 'telephone-event', timestamp: (this.pressedTicks * units) | 0, startsTalkspurt: !isRepeat && frame.index === 0, level: 127, bytes: event, length: telephoneEventLength };
  }
}
