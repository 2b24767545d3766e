import { instant, unreachable } from '@dialplane/sansio';
import { AudioMix, type MixOutput } from '../mix/audio-mix.ts';
import type { AudioPacket } from '../audio-mixer.ts';
import { AudioWorkspace, type AudioKernels } from '../audio-workspace.ts';
import { writeDtmf, writeFrame, writeLevel, writePlay } from './frame-records.ts';
import { MixerCounters } from './mixer-counters.ts';
import type { MixerCommand } from './mixer-messages.ts';
import { readPacket } from './packet-records.ts';
import { RingReader, RingWriter } from '../../threads/record-ring.ts';
import type { RingedWorkerData, ThreadReport } from '../../threads/ringed-thread.ts';
import { TickingLoop } from '../../threads/ticking-loop.ts';
import { PayloadPool } from './payload-pool.ts';
import type { SourceEnvironment } from '../mix/source-voice.ts';

const tickMs = 20;
/** A thread that is later than this leaves ticks out; until then it makes up for them. */
const mostLateMs = 100;
/** Frames of mixes that are done do not wait longer than this for the others. */
const mostHeldMs = 2;

/**
 * The thread of the mixer: sleeps until the next tick, takes what has come, mixes, says that frames are there. Ticks are multiples of 20 ms from its start, so that the
 * clock does not drift. While nothing is said and nothing comes it sleeps until something does.
 */
export class MixingThread {
  private readonly data: RingedWorkerData;
  private readonly packets: RingReader;
  private readonly frames: RingWriter;
  private readonly counters: MixerCounters;
  private readonly environment: SourceEnvironment;
  private readonly mixes = new Map<number, AudioMix>();
  /** By the numbers of members and of plays. */
  private readonly mixOf = new Map<number, AudioMix>();
  private readonly loop: TickingLoop<MixerCommand>;
  private readonly packet: AudioPacket = { ssrc: 0, sequenceNumber: 0, timestamp: 0, payloadType: 0, level: 0, arrivedAt: instant(0), bytes: new Uint8Array(), offset: 0, length: 0 };
  private unsent = 0;

  constructor(data: RingedWorkerData, kernels: AudioKernels) {
    this.data = data;
    this.packets = new RingReader(data.incoming);
    this.frames = new RingWriter(data.outgoing);
    this.counters = new MixerCounters(data.counters);
    this.environment = { workspace: new AudioWorkspace(kernels), payloads: new PayloadPool(), counters: this.counters };
    this.loop = new TickingLoop(tickMs, data.port, this.packets, {
      isBusy: () => this.isBusy(),
      perform: (command) => this.perform(command),
      takeRecords: () => this.takePackets(),
      onTick: () => this.mix(),
      noteWorked: (milliseconds) => this.counters.add('workedMs', milliseconds),
    });
  }

  /** Returns when it was told to close. */
  run(): void {
    this.report({ kind: 'ready' });
    this.loop.run();
    for (const mix of this.mixes.values()) mix.close();
  }

  private isBusy(): boolean {
    for (const mix of this.mixes.values()) if (mix.isActive) return true;
    return false;
  }

  private mix(): void {
    const { loop } = this;
    loop.tick += 1;
    const lateMs = performance.now() - loop.dueAt;
    if (lateMs > tickMs) this.counters.count('lateTicks');
    if (lateMs > mostLateMs) loop.passTime();
    this.takePackets();
    let sentAt = performance.now();
    for (const mix of this.mixes.values()) {
      mix.tick(loop.tick, instant(loop.dueAt));
      const now = performance.now();
      if (now - sentAt < mostHeldMs) continue;
      sentAt = now;
      this.sendFrames();
    }
    this.sendFrames();
  }

  private sendFrames(): void {
    if (this.unsent === 0) return;
    this.unsent = 0;
    this.report({ kind: 'written' });
  }

  private takePackets(): void {
    this.packets.readAll((_kind, offset) => {
      const member = readPacket(this.packets, offset, this.packet);
      this.mixOf.get(member)?.push(member, this.packet);
    });
    this.packets.release();
  }

  private perform(command: MixerCommand): void {
    switch (command.kind) {
      case 'openMix':
        this.mixes.set(command.mix, new AudioMix(command.mix, this.environment, this.output()));
        return;
      case 'closeMix':
        this.closeMix(command.mix);
        return;
      case 'addMember':
        this.addMember(command);
        return;
      case 'removeMember':
        this.mixOf.get(command.member)?.remove(command.member);
        this.mixOf.delete(command.member);
        return;
      case 'setReception':
        this.mixOf.get(command.member)?.setReception(command.member, command.reception);
        return;
      case 'setMuted':
        this.mixOf.get(command.member)?.setMuted(command.member, command.isMuted);
        return;
      case 'setSound':
        this.mixOf.get(command.member)?.setSound(command.member, command.sound);
        return;
      case 'sendDtmf':
        this.mixOf.get(command.member)?.sendDtmf(command.member, command.tones);
        return;
      case 'startPlay':
        this.startPlay(command);
        return;
      case 'setPlayListeners':
        this.mixOf.get(command.play)?.plays.setListeners(command.play, command.listeners);
        return;
      case 'stopPlay':
        this.mixOf.get(command.play)?.plays.stop(command.play);
        this.mixOf.delete(command.play);
        return;
      default:
        unreachable(command);
    }
  }

  private output(): MixOutput {
    return {
      writeFrame: (frame) => {
        if (writeFrame(this.frames, frame)) this.unsent += 1;
      },
      writeLevel: (member, level) => {
        if (writeLevel(this.frames, member, level)) this.unsent += 1;
      },
      writeDtmf: (member, tone) => {
        if (writeDtmf(this.frames, member, tone)) this.unsent += 1;
      },
      writePlay: (play, outcome) => {
        if (outcome.kind !== 'started') this.mixOf.delete(play);
        if (writePlay(this.frames, play, outcome)) this.unsent += 1;
      },
    };
  }

  private addMember({ mix, member, options }: Extract<MixerCommand, { kind: 'addMember' }>): void {
    const found = this.mixes.get(mix);
    if (found === undefined) return;
    this.mixOf.set(member, found);
    found.add(member, options);
  }

  private startPlay({ mix, play, options }: Extract<MixerCommand, { kind: 'startPlay' }>): void {
    const found = this.mixes.get(mix);
    if (found === undefined) return;
    this.mixOf.set(play, found);
    found.plays.start(play, options);
  }

  private closeMix(number: number): void {
    const mix = this.mixes.get(number);
    if (mix === undefined) return;
    mix.close();
    this.mixes.delete(number);
    for (const [member, its] of this.mixOf) if (its === mix) this.mixOf.delete(member);
  }

  private report(report: ThreadReport): void {
    this.data.port.postMessage(report);
  }
}
