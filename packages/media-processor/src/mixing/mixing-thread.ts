import { receiveMessageOnPort } from 'node:worker_threads';
import { instant, unreachable } from '@dialplane/sansio';
import { AudioMix, type MixOutput } from './audio-mix.ts';
import type { AudioPacket } from './audio-mixer.ts';
import type { SourceEnvironment } from './audio-source.ts';
import { AudioWorkspace, type AudioKernels } from './audio-workspace.ts';
import { writeFrame, writeLevel } from './frame-records.ts';
import { MixerCounters } from './mixer-counters.ts';
import type { MixerCommand } from './mixer-messages.ts';
import { readPacket } from './packet-records.ts';
import { RingReader, RingWriter } from '../threads/record-ring.ts';
import type { RingedWorkerData, ThreadReport } from '../threads/ringed-thread.ts';
import { PayloadPool } from './payload-pool.ts';

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
  private readonly mixOf = new Map<number, AudioMix>();
  private readonly startedAt = performance.now();
  private readonly packet: AudioPacket = { ssrc: 0, sequenceNumber: 0, timestamp: 0, payloadType: 0, level: 0, arrivedAt: instant(0), bytes: new Uint8Array(), offset: 0, length: 0 };
  private state: 'running' | 'closing' = 'running';
  private tick = 0;
  private unsent = 0;

  constructor(data: RingedWorkerData, kernels: AudioKernels) {
    this.data = data;
    this.packets = new RingReader(data.incoming);
    this.frames = new RingWriter(data.outgoing);
    this.counters = new MixerCounters(data.counters);
    this.environment = { workspace: new AudioWorkspace(kernels), payloads: new PayloadPool(), counters: this.counters };
  }

  /** Returns when it was told to close. */
  run(): void {
    this.report({ kind: 'ready' });
    for (;;) {
      const rings = this.packets.rings();
      this.takeCommands();
      if (this.state === 'closing') break;
      this.wait(rings);
    }
    for (const mix of this.mixes.values()) mix.close();
  }

  /** Until something comes, where there is nothing to do; else until the next tick, and does it. */
  private wait(rings: number): void {
    if (this.isIdle()) {
      this.packets.sleepUntilWritten(rings);
      this.takePackets();
      this.passTime();
      return;
    }
    const waitMs = this.startedAt + (this.tick + 1) * tickMs - performance.now();
    if (waitMs > 0) this.packets.sleep(rings, waitMs);
    else this.mix();
  }

  private isIdle(): boolean {
    for (const mix of this.mixes.values()) if (mix.isActive) return false;
    return true;
  }

  /** The next tick is the next one from now on. */
  private passTime(): void {
    this.tick = Math.max(this.tick, Math.floor((performance.now() - this.startedAt) / tickMs));
  }

  private mix(): void {
    this.tick += 1;
    const dueAt = this.startedAt + this.tick * tickMs;
    const lateMs = performance.now() - dueAt;
    if (lateMs > tickMs) this.counters.count('lateTicks');
    if (lateMs > mostLateMs) this.passTime();
    this.takePackets();
    let sentAt = performance.now();
    for (const mix of this.mixes.values()) {
      mix.tick(this.tick, instant(this.startedAt + this.tick * tickMs));
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

  private takeCommands(): void {
    for (let received = receiveMessageOnPort(this.data.port); received !== undefined; received = receiveMessageOnPort(this.data.port)) this.perform(received.message as MixerCommand);
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
      case 'close':
        this.state = 'closing';
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
    };
  }

  private addMember({ mix, member, options }: Extract<MixerCommand, { kind: 'addMember' }>): void {
    const found = this.mixes.get(mix);
    if (found === undefined) return;
    this.mixOf.set(member, found);
    found.add(member, options);
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
