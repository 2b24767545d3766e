import type { LoadedKernel } from '@dialplane/kernels';
import type { AudioMixer, AudioMixerEvents, AudioMixerStatistics, AudioPacket, MemberSound, MixedFrame, MixMemberOptions, MixReception, PlayOptions } from '../audio-mixer.ts';
import { dtmfKind, frameKind, levelKind, playKind, readDtmf, readFrame, readLevel, readPlay } from './frame-records.ts';
import { MixerCounters } from './mixer-counters.ts';
import type { MixerCommand } from './mixer-messages.ts';
import { writePacket } from './packet-records.ts';
import type { RingReader } from '../../threads/record-ring.ts';
import { RingedThread } from '../../threads/ringed-thread.ts';

/** Both hold more than a second of what one core can mix. */
const packetRingBytes = 4 * 1024 * 1024;
const frameRingBytes = 2 * 1024 * 1024;

/**
 * Starts the audio mixer in a thread of its own; absent, with a sentence, where the kernels of its codecs are. A thread that fails is started again, with the mixes and
 * members that there are.
 */
export async function startAudioMixer(events: AudioMixerEvents): Promise<LoadedKernel<AudioMixer>> {
  const mixer = new ThreadedAudioMixer(events);
  const absentBecause = await mixer.start();
  return absentBecause === undefined ? { kind: 'loaded', exports: mixer } : { kind: 'absent', absentBecause };
}

interface MemberState {
  readonly mix: number;
  options: MixMemberOptions;
  sound: MemberSound;
}

interface PlayState {
  readonly mix: number;
  options: PlayOptions;
}

const noSound: MemberSound = { kind: 'none' };

class ThreadedAudioMixer implements AudioMixer {
  private readonly events: AudioMixerEvents;
  private readonly counters = new MixerCounters();
  private readonly mixes = new Set<number>();
  private readonly members = new Map<number, MemberState>();
  private readonly plays = new Map<number, PlayState>();
  private lastNumber = 0;
  private readonly thread: RingedThread<MixerCommand>;

  constructor(events: AudioMixerEvents) {
    this.events = events;
    this.thread = new RingedThread({
      module: new URL('./mixing-worker.ts', import.meta.url),
      name: 'mixing',
      incomingBytes: packetRingBytes,
      outgoingBytes: frameRingBytes,
      counters: this.counters.memory,
      onStarted: () => this.repeat(),
      onWritten: (ring) => this.deliver(ring),
      onReport: () => undefined,
      onFailure: (sentence) => events.onFailure(sentence),
    });
  }

  /** @returns Why there is none, or nothing. */
  start(): Promise<string | undefined> {
    return this.thread.start();
  }

  openMix(): number {
    const mix = (this.lastNumber += 1);
    this.mixes.add(mix);
    this.command({ kind: 'openMix', mix });
    return mix;
  }

  closeMix(mix: number): void {
    if (!this.mixes.delete(mix)) return;
    for (const [member, state] of this.members) if (state.mix === mix) this.members.delete(member);
    for (const [play, state] of this.plays) if (state.mix === mix) this.plays.delete(play);
    this.command({ kind: 'closeMix', mix });
  }

  addMember(mix: number, options: MixMemberOptions): number {
    const member = (this.lastNumber += 1);
    if (!this.mixes.has(mix)) return member;
    this.members.set(member, { mix, options, sound: noSound });
    this.command({ kind: 'addMember', mix, member, options });
    return member;
  }

  removeMember(member: number): void {
    if (this.members.delete(member)) this.command({ kind: 'removeMember', member });
  }

  setReception(member: number, reception: MixReception | undefined): void {
    const state = this.members.get(member);
    if (state === undefined) return;
    const { reception: _before, ...options } = state.options;
    state.options = { ...options, ...(reception !== undefined && { reception }) };
    this.command({ kind: 'setReception', member, reception });
  }

  setMuted(member: number, isMuted: boolean): void {
    const state = this.members.get(member);
    if (state === undefined || state.options.isMuted === isMuted) return;
    state.options = { ...state.options, isMuted };
    this.command({ kind: 'setMuted', member, isMuted });
  }

  setSound(member: number, sound: MemberSound): void {
    const state = this.members.get(member);
    if (state === undefined) return;
    state.sound = sound;
    this.command({ kind: 'setSound', member, sound });
  }

  sendDtmf(member: number, tones: string): void {
    if (this.members.has(member)) this.command({ kind: 'sendDtmf', member, tones });
  }

  startPlay(mix: number, options: PlayOptions): number {
    const play = (this.lastNumber += 1);
    if (!this.mixes.has(mix)) return play;
    this.plays.set(play, { mix, options });
    this.command({ kind: 'startPlay', mix, play, options });
    return play;
  }

  setPlayListeners(play: number, listeners: PlayOptions['listeners']): void {
    const state = this.plays.get(play);
    if (state === undefined) return;
    state.options = { ...state.options, listeners };
    this.command({ kind: 'setPlayListeners', play, listeners });
  }

  stopPlay(play: number): void {
    if (this.plays.delete(play)) this.command({ kind: 'stopPlay', play });
  }

  push(member: number, packet: AudioPacket): boolean {
    const { incoming } = this.thread;
    if (incoming !== undefined && writePacket(incoming, member, packet)) return true;
    this.counters.count('droppedPackets');
    return false;
  }

  statistics(): AudioMixerStatistics {
    return this.counters.read();
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  /** Tells a new thread of what there is. */
  private repeat(): void {
    for (const mix of this.mixes) this.command({ kind: 'openMix', mix });
    for (const [member, { mix, options, sound }] of this.members) {
      this.command({ kind: 'addMember', mix, member, options });
      if (sound.kind !== 'none') this.command({ kind: 'setSound', member, sound });
    }
    for (const [play, { mix, options }] of this.plays) this.command({ kind: 'startPlay', mix, play, options });
  }

  private command(command: MixerCommand): void {
    this.thread.command(command);
  }

  private deliver(ring: RingReader): void {
    const frames: MixedFrame[] = [];
    ring.readAll((kind, offset) => {
      if (kind === frameKind) frames.push(readFrame(ring, offset));
      if (kind === levelKind) {
        const { member, level } = readLevel(ring, offset);
        this.events.onLevel(member, level);
      } else if (kind === dtmfKind) {
        const { member, tone } = readDtmf(ring, offset);
        this.events.onDtmf(member, tone);
      } else if (kind === playKind) this.followPlay(readPlay(ring, offset));
    });
    if (frames.length > 0) this.events.onFrames(frames);
  }

  private followPlay({ play, outcome }: ReturnType<typeof readPlay>): void {
    if (!this.plays.has(play)) return;
    if (outcome.kind !== 'started') this.plays.delete(play);
    this.events.onPlay(play, outcome);
  }
}
