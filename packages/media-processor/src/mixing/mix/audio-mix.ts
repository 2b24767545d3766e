import { LoudestSpeakers } from '@dialplane/conference';
import type { Instant } from '@dialplane/sansio';
import type { AudioPacket, MemberSound, MixMemberOptions, MixReception, PlayOutcome, SoundPayload } from '../audio-mixer.ts';
import { AudioSource } from './audio-source.ts';
import type { EncodedFrame } from '../thread/frame-records.ts';
import { groupKey, ListenerGroup } from './listener-group.ts';
import { MixMember, mixRate } from './mix-member.ts';
import { MixPlays } from '../plays/mix-plays.ts';
import type { PlayedSound } from '../plays/played-sound.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';
import { type FrameSound, type OutletFrame, silentTail, type SoundOutlet } from './sound-outlet.ts';
import type { SourceEnvironment } from './source-voice.ts';
import { hasCodec } from '../codecs/telephony-codecs.ts';
import { unwrapRedundantAudio } from '../codecs/unwrap-redundant-audio.ts';
import { type MixVoice, VoiceSum } from './voice-sum.ts';

/** Where a mix puts what it makes. */
export interface MixOutput {
  writeFrame(frame: EncodedFrame): void;
  writeLevel(member: number, level: number): void;
  writeDtmf(member: number, tone: string): void;
  writePlay(play: number, outcome: PlayOutcome): void;
}

/** Voices at once. More cannot be told apart by anybody, and each one that listens costs an encoder. */
const mostSpeakers = 6;
/** Up to here nobody is left out because of being soft: what is heard of a silent line is its silence. */
const fewMembers = 2;
const silence = 127;
/** Scratch room of the workspace: 0 to 4 are those of decoders, encoders and sums. */
const ownScratch = 5;

/**
 * The audio of one conference, tick by tick of 20 ms: takes what its members say, sums up the loudest, and encodes once for everybody who is not among them. Who is gets
 * the sum without its own voice, from an encoder that goes on where the shared one was; and who has a sound of its own gets that. What is played to all is one more voice.
 */
export class AudioMix {
  readonly plays: MixPlays;
  private readonly number: number;
  private readonly environment: SourceEnvironment;
  private readonly output: MixOutput;
  private readonly members = new Map<number, MixMember>();
  private readonly groups = new Map<string, ListenerGroup>();
  private readonly speakers = new LoudestSpeakers<AudioSource>(mostSpeakers);
  private readonly few = new Set<AudioSource>();
  private readonly sources = new Set<AudioSource>();
  private readonly voices: VoiceSum;
  private rate: SampleRate = 8000;
  private firstTick: number | undefined;
  /** The last tick, and the last one in which somebody was heard. */
  private lastTick = 0;
  private lastSound = -Infinity;

  constructor(number: number, environment: SourceEnvironment, output: MixOutput) {
    this.number = number;
    this.environment = environment;
    this.output = output;
    this.voices = new VoiceSum(environment.workspace);
    this.plays = new MixPlays(environment.workspace, (play, outcome) => output.writePlay(play, outcome), () => this.followRate());
  }

  add(number: number, options: MixMemberOptions): void {
    const payloadTypes = options.payloadTypes.filter(({ codec }) => codec === 'red' || hasCodec(this.environment.workspace.kernels, codec));
    this.members.set(number, new MixMember(number, { ...options, payloadTypes }));
    this.setReception(number, options.reception);
  }

  remove(number: number): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    this.silence(member);
    this.stopListening(member);
    member.ownSound.close();
    this.members.delete(number);
    this.followRate();
  }

  setMuted(number: number, isMuted: boolean): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    member.isMuted = isMuted;
    if (isMuted) this.silence(member);
  }

  setSound(number: number, sound: MemberSound): void {
    this.members.get(number)?.ownSound.set(sound);
    this.followRate();
  }

  sendDtmf(number: number, tones: string): void {
    this.members.get(number)?.ownSound.queue.add(tones);
  }

  setReception(number: number, reception: MixReception | undefined): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    this.stopListening(member);
    if (reception !== undefined && hasCodec(this.environment.workspace.kernels, reception.codec)) this.startListening(member, reception);
    this.followRate();
  }

  push(number: number, packet: AudioPacket): void {
    const member = this.members.get(number);
    const codec = member?.codecs[packet.payloadType];
    if (member === undefined || codec === undefined || member.isMuted || this.groups.size === 0) return;
    if (codec !== 'red') this.take(member, codec, packet);
    else unwrapRedundantAudio(packet, member.codecs, { take: (own, sound) => this.take(member, own, sound), takeRepeated: (own, sound) => member.source?.takes(own) === true && member.source.insertRepeated(own, sound) });
  }

  private take(member: MixMember, codec: SoundPayload, packet: AudioPacket): void {
    if (codec === 'CN') {
      if (member.source?.takes(codec) === true) member.source.insert(codec, packet);
      return;
    }
    if (member.source?.takes(codec) === false) this.silence(member);
    if (member.source === undefined) {
      member.source = new AudioSource(this.environment, codec, member.hasKeysInSound);
      this.sources.add(member.source);
    }
    member.source.insert(codec, packet);
  }

  /** Whether there is anything to do before the next packet comes. */
  get isActive(): boolean {
    if (this.plays.size > 0) return true;
    if (this.groups.size === 0) return false;
    for (const group of this.groups.values()) if (group.inSilence !== 'nothing') return true;
    for (const source of this.sources) if (source.isActive) return true;
    for (const { listening, ownSound } of this.members.values()) if (listening !== undefined && ownSound.isActive) return true;
    return this.lastTick - this.lastSound <= silentTail;
  }

  /** Mixes the 20 ms that begin at `tickAt`. Ticks are numbered for all mixes alike; one that is left out is time that has passed. */
  tick(tick: number, tickAt: Instant): void {
    const isOver = this.plays.begin(this.rate);
    if (this.groups.size === 0) return;
    this.firstTick ??= tick;
    this.lastTick = tick;
    for (const source of this.sources) source.begin(tickAt, this.rate);
    this.tellWhatWasHeard();
    const heard = this.withPlays(this.select());
    if (heard.size > 0) this.lastSound = tick;
    this.voices.begin(heard, this.rate);
    for (const group of this.groups.values()) this.serve(group, tick);
    for (const source of this.sources) source.end();
    if (isOver) this.followRate();
  }

  close(): void {
    for (const number of this.members.keys()) this.remove(number);
    this.plays.close();
  }

  private startListening(member: MixMember, reception: MixReception): void {
    const key = groupKey(reception);
    const group = this.groups.get(key) ?? new ListenerGroup(this.environment.workspace, reception);
    this.groups.set(key, group);
    group.listeners.add(member);
    member.listening = { reception, own: undefined };
  }

  private stopListening(member: MixMember): void {
    if (member.listening === undefined) return;
    const key = groupKey(member.listening.reception);
    const group = this.groups.get(key);
    member.listening.own?.close();
    member.listening = undefined;
    group?.listeners.delete(member);
    if (group === undefined || group.listeners.size > 0) return;
    group.closeOutlets();
    this.groups.delete(key);
    if (this.groups.size === 0) for (const silenced of this.members.values()) this.silence(silenced);
  }

  private followRate(): void {
    const rate = mixRate(this.members.values(), ({ number }) => this.plays.rateFor(number));
    if (rate === this.rate) return;
    this.rate = rate;
    for (const group of this.groups.values()) group.closeOutlets();
  }

  /** Forgets what it said. */
  private silence(member: MixMember): void {
    if (member.source === undefined) return;
    this.speakers.remove(member.source);
    this.sources.delete(member.source);
    member.source.close();
    member.source = undefined;
  }

  private tellWhatWasHeard(): void {
    for (const { number, source } of this.members.values()) {
      if (source?.isMeasured === true) this.output.writeLevel(number, source.level);
      if (source !== undefined) for (const tone of source.pressed) this.output.writeDtmf(number, tone);
    }
  }

  private select(): ReadonlySet<AudioSource> {
    const speakers = this.speakers.select(this.sources);
    if (this.members.size > fewMembers) return speakers;
    this.few.clear();
    for (const source of this.sources) if (source.level < silence || source.loudness.isSpeaking) this.few.add(source);
    return this.few;
  }

  private withPlays(speakers: ReadonlySet<AudioSource>): ReadonlySet<MixVoice> {
    const { forAll } = this.plays;
    return forAll.length === 0 ? speakers : new Set<MixVoice>([...speakers, ...forAll]);
  }

  private serve(group: ListenerGroup, tick: number): void {
    const sharing: number[] = [];
    for (const listener of group.listeners) {
      const { ownSound, source, number } = listener;
      const played = this.plays.forMember(number);
      if (ownSound.isActive || played.length > 0) this.serveOwnSound(group, listener, played, tick);
      else if (source === undefined || !this.voices.hears(source)) sharing.push(number);
      else this.emit(group, group.ownOutlet(listener, this.rate, tick), this.voicesWithout(source), [number], tick);
    }
    if (sharing.length > 0) this.emit(group, group.sharedOutlet(this.rate), this.voicesWithout(undefined), sharing, tick);
  }

  private voicesWithout(source: AudioSource | undefined): FrameSound | undefined {
    if (this.voices.countWithout(source) === 0) return undefined;
    const at = this.voices.without(source);
    return { at, level: this.voices.level, signal: this.voices.signalWithout(source) };
  }

  private serveOwnSound(group: ListenerGroup, listener: MixMember, played: readonly PlayedSound[], tick: number): void {
    const { ownSound, source, listening } = listener;
    if (listening === undefined) return;
    ownSound.begin(tick - (this.firstTick ?? tick));
    const event = ownSound.eventFor(listening.reception);
    if (event !== undefined) return this.write(event, [listener.number]);
    const outlet = group.ownOutlet(listener, this.rate, tick);
    const others = ownSound.leavesOthers ? this.voicesWithout(source) : undefined;
    this.emit(group, outlet, this.soundOver(others, listener, played), [listener.number], tick);
  }

  /** The others, where they are heard, and above them what only this member hears. */
  private soundOver(others: FrameSound | undefined, { ownSound }: MixMember, played: readonly PlayedSound[]): FrameSound | undefined {
    const { workspace } = this.environment;
    const count = samplesOfFrame(this.rate);
    const at = workspace.scratch(ownScratch);
    if (others === undefined) workspace.zero(at, count);
    else workspace.copy(at, others.at, count);
    const hasOwnSound = ownSound.add(workspace, at, this.rate);
    const above = ownSound.leavesPlays ? played : [];
    if (!hasOwnSound && above.length === 0) return others;
    for (const sound of above) workspace.add(at, sound.render(), count);
    workspace.limit(at, at, count, { from: 1, to: 1, overSamples: 0 });
    workspace.measure(at, count);
    return { at, level: workspace.level, signal: 'unknown' };
  }

  private emit({ inSilence }: ListenerGroup, outlet: SoundOutlet, sound: FrameSound | undefined, recipients: readonly number[], tick: number): void {
    const { workspace, counters } = this.environment;
    const silentAt = workspace.scratch(ownScratch);
    if (sound === undefined) workspace.zero(silentAt, samplesOfFrame(this.rate));
    const frame = outlet.encode(sound, { tick, ticks: tick - (this.firstTick ?? tick), silentAt, inSilence });
    if (frame === undefined) return;
    counters.count('encodedFrames');
    this.write(frame, recipients);
  }

  private write(frame: OutletFrame, recipients: readonly number[]): void {
    this.output.writeFrame({ ...frame, mix: this.number, recipients });
  }
}
