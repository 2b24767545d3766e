import type { Instant } from '@dialplane/sansio';
import type { AudioMixer, AudioMixerEvents, MixedFrame, MixMemberOptions, PlayOptions, PlayOutcome } from '../../mixing/audio-mixer.ts';
import type { Leg } from '../legs/leg.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import type { Repacketizer } from './repacketizer.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import type { SoundRepeater } from './sound-repeater.ts';

/** Where a member hears the mix. */
export interface MixedStream {
  readonly stream: SentStream;
  readonly payloadType: number;
  /** Of keys, where they are told beside sound. */
  readonly eventPayloadType: number | undefined;
  /** Of comfort noise, where that is agreed. */
  readonly noisePayloadType: number | undefined;
  /** Of who gets packets of another length than the mixer's frames. */
  readonly repacketizer: Repacketizer | undefined;
  /** Of who gets each frame twice. */
  readonly repeater: SoundRepeater | undefined;
}

/** How a member of a mix is reached. */
interface Listener {
  readonly leg: Leg;
  /** Absent where it does not hear the mix. */
  reception: MixedStream | undefined;
}

/** The way between the packet thread and the audio mixer's, for all conferences of the process. */
export class Mixing implements AudioMixerEvents {
  private mixer: AudioMixer | undefined;
  private readonly listeners = new Map<number, Listener>();
  private readonly plays = new Map<number, (outcome: PlayOutcome) => void>();
  private readonly sender: PacketSender;
  /** The time of this thread. */
  readonly now: () => Instant;
  private readonly log: (sentence: string) => void;

  constructor(sender: PacketSender, clock: () => Instant, log: (sentence: string) => void) {
    this.sender = sender;
    this.now = clock;
    this.log = log;
  }

  /** From here on sound can be mixed. */
  use(mixer: AudioMixer): void {
    this.mixer = mixer;
  }

  get current(): AudioMixer | undefined {
    return this.mixer;
  }

  addMember(mix: number, leg: Leg, options: MixMemberOptions): number {
    const member = this.mixer?.addMember(mix, options) ?? 0;
    this.listeners.set(member, { leg, reception: undefined });
    return member;
  }

  setReception(member: number, reception: MixedStream | undefined): void {
    const listener = this.listeners.get(member);
    if (listener !== undefined) listener.reception = reception;
  }

  removeMember(member: number): void {
    this.mixer?.removeMember(member);
    this.listeners.delete(member);
  }

  /** @param onOutcome Hears what becomes of it, until it was stopped. @returns Its number. */
  startPlay(mix: number, options: PlayOptions, onOutcome: (outcome: PlayOutcome) => void): number {
    const play = this.mixer?.startPlay(mix, options) ?? 0;
    this.plays.set(play, onOutcome);
    return play;
  }

  stopPlay(play: number): void {
    this.mixer?.stopPlay(play);
    this.plays.delete(play);
  }

  /** One payload for all who hear the same. */
  onFrames(frames: readonly MixedFrame[]): void {
    const now = this.now();
    for (const frame of frames) {
      const packet = {
        timestamp: frame.timestamp,
        marker: frame.startsTalkspurt ? (1 as const) : (0 as const),
        audioLevel: frame.codec === 'telephone-event' ? -1 : frame.level,
        payloadOffset: this.sender.share(frame.payload),
        payloadLength: frame.payload.length,
      };
      for (const member of frame.recipients) {
        const reception = this.listeners.get(member)?.reception;
        if (reception === undefined) continue;
        if (reception.repacketizer !== undefined) this.sendRepacketized(frame, reception, reception.repacketizer, now);
        if (reception.repeater !== undefined && !isBesideSound(frame)) {
          this.sendRepeated(frame, reception.stream, reception.repeater, now);
          continue;
        }
        const payloadType = payloadTypeOf(frame, reception);
        if (payloadType !== undefined) reception.stream.sendEncoded(packet, payloadType, now);
      }
      this.sender.endShared();
    }
    this.sender.flush();
  }

  /** Sound in packets of the length that the listener wants; keys and noise come after what was before them. */
  private sendRepacketized(frame: MixedFrame, { stream, payloadType }: MixedStream, repacketizer: Repacketizer, now: Instant): void {
    const packets = isBesideSound(frame) ? repacketizer.flush() : repacketizer.add(frame);
    for (const { timestamp, marker, payload } of packets) {
      stream.sendEncoded({ timestamp, marker, audioLevel: frame.level, payloadOffset: this.sender.share(payload), payloadLength: payload.length }, payloadType, now);
    }
  }

  private sendRepeated({ timestamp, startsTalkspurt, level, payload }: MixedFrame, stream: SentStream, repeater: SoundRepeater, now: Instant): void {
    const wrapped = repeater.add({ timestamp, payload });
    stream.sendEncoded({ timestamp, marker: startsTalkspurt ? 1 : 0, audioLevel: level, payloadOffset: this.sender.share(wrapped), payloadLength: wrapped.length }, repeater.payloadType, now);
  }

  onLevel(member: number, level: number): void {
    const leg = this.listeners.get(member)?.leg;
    leg?.conference.audio.noteLevel(leg, level, this.now());
  }

  onDtmf(member: number, tone: string): void {
    const leg = this.listeners.get(member)?.leg;
    leg?.conference.handleDtmf(leg, tone, this.now());
  }

  onPlay(play: number, outcome: PlayOutcome): void {
    const onOutcome = this.plays.get(play);
    if (outcome.kind !== 'started') this.plays.delete(play);
    onOutcome?.(outcome);
  }

  onFailure(sentence: string): void {
    this.log(sentence);
  }

  async close(): Promise<void> {
    await this.mixer?.close();
  }
}

/** With which a frame is sent as it is; undefined where it is not. */
function payloadTypeOf(frame: MixedFrame, { payloadType, eventPayloadType, noisePayloadType, repacketizer }: MixedStream): number | undefined {
  if (frame.codec === 'telephone-event') return eventPayloadType;
  if (frame.codec === 'CN') return noisePayloadType;
  return repacketizer === undefined ? payloadType : undefined;
}

function isBesideSound({ codec }: MixedFrame): boolean {
  return codec === 'telephone-event' || codec === 'CN';
}
