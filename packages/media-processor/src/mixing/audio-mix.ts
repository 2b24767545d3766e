import { LoudestSpeakers, MixGain } from '@dialplane/conference';
import type { Instant } from '@dialplane/sansio';
import { type AudioPacket, type MixCodec, mixClockRates, type MixMemberOptions, type MixReception } from './audio-mixer.ts';
import { AudioSource, type SourceEnvironment } from './audio-source.ts';
import { frameSamples } from './audio-workspace.ts';
import type { EncodedFrame } from './frame-records.ts';
import { openSoundEncoder, type SoundEncoder, type SoundFormat } from './sound-encoder.ts';

/** Where a mix puts what it makes. */
export interface MixOutput {
  writeFrame(frame: EncodedFrame): void;
  writeLevel(member: number, level: number): void;
}

/** One stream of frames: that of all who listen in one format, or that of one who speaks. Frames of silence follow the last sound, so that it ends in silence everywhere. */
interface Outlet {
  readonly encoder: SoundEncoder;
  silentFrames: number;
  /** When it last had listeners, and when it last had something for them. */
  servedTick: number;
  soundTick: number;
}

interface Member {
  readonly number: number;
  readonly codecs: ReadonlyMap<number, MixCodec>;
  isMuted: boolean;
  source: AudioSource | undefined;
  listening: { readonly group: ListenerGroup; own: Outlet | undefined } | undefined;
}

/** Everybody who listens in one format. */
interface ListenerGroup {
  readonly format: SoundFormat;
  readonly listeners: Set<Member>;
  readonly shared: Outlet;
}

/** Voices at once. More cannot be told apart by anybody, and each one that listens costs an encoder. */
const mostSpeakers = 6;
const silentTail = 3;
const defaultBitrateBps = 32_000;
const leastBitrateBps = 6_000;
const mostBitrateBps = 128_000;

/**
 * The audio of one conference, tick by tick of 20 ms: takes what its members say, sums up the loudest, and encodes once for everybody who is not among them. Who is gets
 * the sum without its own voice, from an encoder that goes on where the shared one was.
 */
export class AudioMix {
  private readonly number: number;
  private readonly environment: SourceEnvironment;
  private readonly output: MixOutput;
  private readonly members = new Map<number, Member>();
  private readonly groups = new Map<string, ListenerGroup>();
  private readonly speakers = new LoudestSpeakers<AudioSource>(mostSpeakers);
  private readonly sources = new Set<AudioSource>();
  private readonly gain = new MixGain();
  private firstTick: number | undefined;
  /** The last tick, and the last one in which somebody was heard. */
  private lastTick = 0;
  private lastSound = -Infinity;

  constructor(number: number, environment: SourceEnvironment, output: MixOutput) {
    this.number = number;
    this.environment = environment;
    this.output = output;
  }

  add(number: number, { payloadTypes, reception, isMuted }: MixMemberOptions): void {
    const codecs = new Map(payloadTypes.map(({ payloadType, codec }) => [payloadType, codec]));
    this.members.set(number, { number, codecs, isMuted, source: undefined, listening: undefined });
    this.setReception(number, reception);
  }

  remove(number: number): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    this.silence(member);
    this.setReception(number, undefined);
    this.members.delete(number);
  }

  setMuted(number: number, isMuted: boolean): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    member.isMuted = isMuted;
    if (isMuted) this.silence(member);
  }

  setReception(number: number, reception: MixReception | undefined): void {
    const member = this.members.get(number);
    if (member === undefined) return;
    if (member.listening !== undefined) this.stopListening(member, member.listening);
    if (reception === undefined) return;
    const group = this.groupOf(formatOf(reception));
    group.listeners.add(member);
    member.listening = { group, own: undefined };
  }

  push(number: number, packet: AudioPacket): void {
    const member = this.members.get(number);
    const codec = member?.codecs.get(packet.payloadType);
    if (member === undefined || codec === undefined || member.isMuted || this.groups.size === 0) return;
    if (member.source?.takes(codec) === false) this.silence(member);
    if (member.source === undefined) {
      member.source = new AudioSource(this.environment, codec);
      this.sources.add(member.source);
    }
    member.source.insert(codec, packet);
  }

  /** Whether there is anything to do before the next packet comes. */
  get isActive(): boolean {
    if (this.groups.size === 0) return false;
    for (const source of this.sources) if (source.isActive) return true;
    return this.lastTick - this.lastSound <= silentTail;
  }

  /** Mixes the 20 ms that begin at `tickAt`. Ticks are numbered for all mixes alike; one that is left out is time that has passed. */
  tick(tick: number, tickAt: Instant): void {
    if (this.groups.size === 0) return;
    this.firstTick ??= tick;
    this.lastTick = tick;
    for (const source of this.sources) source.begin(tickAt);
    this.tellMeasuredLevels();
    const speakers = this.speakers.select(this.sources);
    if (speakers.size > 0) this.lastSound = tick;
    this.sum(speakers);
    for (const group of this.groups.values()) this.serve(group, speakers, tick);
    for (const source of this.sources) source.end();
  }

  close(): void {
    for (const number of this.members.keys()) this.remove(number);
  }

  private groupOf(format: SoundFormat): ListenerGroup {
    const key = `${format.codec} ${format.bitrateBps}`;
    const existing = this.groups.get(key);
    if (existing !== undefined) return existing;
    const group = { format, listeners: new Set<Member>(), shared: this.openOutlet(format) };
    this.groups.set(key, group);
    return group;
  }

  private openOutlet(format: SoundFormat): Outlet {
    return { encoder: openSoundEncoder(this.environment.workspace, format), silentFrames: silentTail, servedTick: -1, soundTick: -1 };
  }

  private stopListening(member: Member, { group, own }: NonNullable<Member['listening']>): void {
    own?.encoder.close();
    member.listening = undefined;
    group.listeners.delete(member);
    if (group.listeners.size > 0) return;
    group.shared.encoder.close();
    for (const [key, candidate] of this.groups) if (candidate === group) this.groups.delete(key);
    if (this.groups.size === 0) for (const silenced of this.members.values()) this.silence(silenced);
  }

  /** Forgets what it said. */
  private silence(member: Member): void {
    if (member.source === undefined) return;
    this.speakers.remove(member.source);
    this.sources.delete(member.source);
    member.source.close();
    member.source = undefined;
  }

  private tellMeasuredLevels(): void {
    for (const { number, source } of this.members.values()) if (source?.isMeasured === true) this.output.writeLevel(number, source.level);
  }

  /** The sum of all who speak, in the first scratch; the gain that it needs. */
  private sum(speakers: ReadonlySet<AudioSource>): void {
    const { workspace } = this.environment;
    const whole = workspace.scratch(wholeScratch);
    workspace.zero(whole, frameSamples);
    for (const speaker of speakers) workspace.add(whole, speaker.render(), frameSamples);
    workspace.measure(whole, frameSamples);
    this.gain.follow(workspace.peak);
  }

  private serve(group: ListenerGroup, speakers: ReadonlySet<AudioSource>, tick: number): void {
    const sharing: number[] = [];
    for (const listener of group.listeners) {
      if (listener.source !== undefined && speakers.has(listener.source)) this.serveSpeaker(listener, listener.source, speakers, tick);
      else sharing.push(listener.number);
    }
    if (sharing.length === 0) return;
    const { workspace } = this.environment;
    this.emit(group.shared, group.format, workspace.scratch(wholeScratch), speakers.size > 0, sharing, tick);
  }

  /** Who speaks hears the others. */
  private serveSpeaker({ number, listening }: Member, source: AudioSource, speakers: ReadonlySet<AudioSource>, tick: number): void {
    if (listening === undefined) return;
    const { group } = listening;
    listening.own ??= this.openOutlet(group.format);
    const { own } = listening;
    // Until now it heard the shared stream: go on as that one would.
    if (own.servedTick !== tick - 1 && group.shared.servedTick === tick - 1) {
      own.encoder.continueFrom(group.shared.encoder);
      own.silentFrames = group.shared.silentFrames;
      own.soundTick = group.shared.soundTick;
    }
    const { workspace } = this.environment;
    const others = workspace.scratch(othersScratch);
    workspace.copy(others, workspace.scratch(wholeScratch), frameSamples);
    workspace.subtract(others, source.render(), frameSamples);
    this.emit(own, group.format, others, speakers.size > 1, [number], tick);
  }

  private emit(outlet: Outlet, { codec }: SoundFormat, at: number, hasSound: boolean, recipients: readonly number[], tick: number): void {
    outlet.servedTick = tick;
    outlet.silentFrames = hasSound ? 0 : outlet.silentFrames + 1;
    if (outlet.silentFrames > silentTail) return;
    const { workspace, counters } = this.environment;
    const limited = workspace.scratch(limitedScratch);
    if (hasSound) workspace.limit(limited, at, frameSamples, this.gain);
    else workspace.zero(limited, frameSamples);
    workspace.measure(limited, frameSamples);
    const { level } = workspace;
    const length = outlet.encoder.encode(limited);
    if (length <= 0) return;
    counters.count('encodedFrames');
    const startsTalkspurt = outlet.soundTick !== tick - 1;
    outlet.soundTick = tick;
    const timestamp = ((tick - (this.firstTick ?? tick)) * (mixClockRates[codec] / 50)) | 0;
    this.output.writeFrame({ mix: this.number, codec, timestamp, startsTalkspurt, level, bytes: workspace.encoded, length, recipients });
  }
}

/** Scratch room of the workspace: 0 and 1 are those of decoders and encoders. */
const wholeScratch = 2;
const othersScratch = 3;
const limitedScratch = 4;

function formatOf({ codec, bitrateBps = defaultBitrateBps }: MixReception): SoundFormat {
  return { codec, bitrateBps: codec === 'opus' ? Math.round(Math.min(Math.max(bitrateBps, leastBitrateBps), mostBitrateBps)) : 64_000 };
}
