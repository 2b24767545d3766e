import { addDtmf, addHoldMusic, addProgressTone, DtmfQueue, type DtmfFrame } from '@dialplane/conference';
import { dtmfTones, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { type MemberSound, mixClockRates, type MixReception } from '../audio-mixer.ts';
import type { AudioWorkspace } from '../audio-workspace.ts';
import { PlayedSound } from '../plays/played-sound.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';
import type { OutletFrame } from './sound-outlet.ts';

/** The last packet of a press is sent three times (RFC 4733 §2.5.1.4). */
const endRepeats = 2;
/** In -dBm0, of keys that are pressed here (RFC 4733 §2.3.4). */
const eventVolume = 8;

/** What one member hears that others do not: keys that are pressed for it, and sounds besides the mix or instead of it. */
export class OwnSound {
  readonly queue = new DtmfQueue();
  private sound: MemberSound = { kind: 'none' };
  /** What is heard on hold, where that is a file. */
  private music: PlayedSound | undefined;
  /** Ticks since the sound began. */
  private age = 0;
  private frame: DtmfFrame | undefined;
  /** When the press that is being sent began. */
  private pressedTicks = 0;
  /** How many frames of its sound have been told of. */
  private soundFrames = 0;
  private readonly event = new Uint8Array(telephoneEventLength);

  set(sound: MemberSound): void {
    const { kind, country, music } = this.sound;
    if (sound.kind === kind && sound.country === country && sound.music?.path === music?.path) return;
    this.close();
    this.sound = sound;
    this.age = 0;
  }

  /** Whether there is anything of the kind now. */
  get isActive(): boolean {
    return this.sound.kind !== 'none' || !this.queue.isEmpty;
  }

  /** The highest rate at which there is something to hear. */
  get rate(): SampleRate {
    return this.sound.kind === 'hold' ? (this.sound.music?.sampleRate ?? 8000) : 8000;
  }

  /** Begins a tick. */
  begin(ticks: number): void {
    this.frame = this.queue.next();
    if (this.frame?.part === 'sound' && this.frame.index === 0) this.pressedTicks = ticks;
    this.age += 1;
  }

  /** Whether the others are heard beneath it. */
  get leavesOthers(): boolean {
    return this.leavesPlays && this.sound.kind !== 'hold';
  }

  /** Whether what is played to the member is heard beneath it. */
  get leavesPlays(): boolean {
    return this.frame === undefined && this.sound.kind !== 'silence';
  }

  /** Adds this tick's samples. @returns Whether there were any. */
  add(workspace: AudioWorkspace, at: number, rate: SampleRate): boolean {
    const count = samplesOfFrame(rate);
    const { samples } = workspace;
    const { frame, sound: { kind, country } } = this;
    const index = (this.age - 1) * count;
    if (frame !== undefined) {
      if (frame.part === 'sound') addDtmf(samples, at, count, { tone: frame.tone, rate, index: frame.index * count });
      return frame.part === 'sound';
    }
    if (kind === 'ringback' || kind === 'busy') addProgressTone(samples, at, count, { kind, rate, index, ...(country !== undefined && { country }) });
    else if (kind === 'hold' && !this.addMusic(workspace, at, rate)) addHoldMusic(samples, at, count, { rate, index });
    return kind !== 'none' && kind !== 'silence';
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

  close(): void {
    this.music?.close();
    this.music = undefined;
  }

  /** @returns False where there is no file, or it cannot be read. */
  private addMusic(workspace: AudioWorkspace, at: number, rate: SampleRate): boolean {
    const { music } = this.sound;
    if (music === undefined) return false;
    this.music ??= new PlayedSound(workspace, [music], true);
    if (this.music.begin(rate) !== 'playing') return false;
    workspace.add(at, this.music.render(), samplesOfFrame(rate));
    return true;
  }
}
