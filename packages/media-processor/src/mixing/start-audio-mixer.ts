import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LoadedKernel } from '@dialplane/kernels';
import type { AudioMixer, AudioMixerEvents, AudioMixerStatistics, AudioPacket, MixedFrame, MixMemberOptions, MixReception } from './audio-mixer.ts';
import { frameKind, levelKind, readFrame, readLevel } from './frame-records.ts';
import { MixerCounters } from './mixer-counters.ts';
import type { MixerCommand, MixerReport, MixingWorkerData } from './mixer-messages.ts';
import { writePacket } from './packet-records.ts';
import { createRingMemory, RingReader, RingWriter } from './packet-ring.ts';

const restartDelayMs = 1_000;
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
}

/** The thread and its ends of everything that is shared. */
interface MixingConnection {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly packets: RingWriter;
  readonly frames: RingReader;
}

class ThreadedAudioMixer implements AudioMixer {
  private readonly events: AudioMixerEvents;
  private readonly counters = new MixerCounters();
  private readonly mixes = new Set<number>();
  private readonly members = new Map<number, MemberState>();
  private lastNumber = 0;
  private thread: MixingConnection | undefined;
  private state: 'running' | 'closing' = 'running';
  private restarting: NodeJS.Timeout | undefined;

  constructor(events: AudioMixerEvents) {
    this.events = events;
  }

  /** @returns Why there is none, or nothing. */
  async start(): Promise<string | undefined> {
    const { port1: port, port2 } = new MessageChannel();
    const data: MixingWorkerData = { packets: createRingMemory(packetRingBytes), frames: createRingMemory(frameRingBytes), counters: this.counters.memory, port: port2 };
    const worker = new Worker(new URL('./mixing-worker.ts', import.meta.url), { workerData: data, transferList: [port2], name: 'mixing' });
    const thread = { worker, port, packets: new RingWriter(data.packets), frames: new RingReader(data.frames) };
    const reason = await new Promise<string | undefined>((resolve) => {
      port.on('message', (report: MixerReport) => {
        if (report.kind === 'frames') this.deliver(thread.frames);
        else resolve(report.kind === 'ready' ? undefined : report.absentBecause);
      });
      worker.on('error', (error) => resolve(sentenceOf(error)));
    });
    if (reason !== undefined) return reason;
    worker.on('error', (error) => this.handleFailure(error));
    this.thread = thread;
    for (const mix of this.mixes) this.command({ kind: 'openMix', mix });
    for (const [member, { mix, options }] of this.members) this.command({ kind: 'addMember', mix, member, options });
    return undefined;
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
    this.command({ kind: 'closeMix', mix });
  }

  addMember(mix: number, options: MixMemberOptions): number {
    const member = (this.lastNumber += 1);
    if (!this.mixes.has(mix)) return member;
    this.members.set(member, { mix, options });
    this.command({ kind: 'addMember', mix, member, options });
    return member;
  }

  removeMember(member: number): void {
    if (this.members.delete(member)) this.command({ kind: 'removeMember', member });
  }

  setReception(member: number, reception: MixReception | undefined): void {
    const state = this.members.get(member);
    if (state === undefined) return;
    const { payloadTypes, isMuted } = state.options;
    state.options = reception === undefined ? { payloadTypes, isMuted } : { payloadTypes, isMuted, reception };
    this.command({ kind: 'setReception', member, reception });
  }

  setMuted(member: number, isMuted: boolean): void {
    const state = this.members.get(member);
    if (state === undefined || state.options.isMuted === isMuted) return;
    state.options = { ...state.options, isMuted };
    this.command({ kind: 'setMuted', member, isMuted });
  }

  push(member: number, packet: AudioPacket): boolean {
    if (this.thread !== undefined && writePacket(this.thread.packets, member, packet)) return true;
    this.counters.count('droppedPackets');
    return false;
  }

  statistics(): AudioMixerStatistics {
    return this.counters.read();
  }

  async close(): Promise<void> {
    this.state = 'closing';
    clearTimeout(this.restarting);
    const { thread } = this;
    if (thread === undefined) return;
    const ended = once(thread.worker, 'exit');
    this.command({ kind: 'close' });
    await ended;
    thread.port.close();
    this.thread = undefined;
  }

  private command(command: MixerCommand): void {
    this.thread?.port.postMessage(command);
    this.thread?.packets.wake();
  }

  private deliver(ring: RingReader): void {
    const frames: MixedFrame[] = [];
    ring.readAll((kind, offset) => {
      if (kind === frameKind) frames.push(readFrame(ring, offset));
      if (kind !== levelKind) return;
      const { member, level } = readLevel(ring, offset);
      this.events.onLevel(member, level);
    });
    if (frames.length > 0) this.events.onFrames(frames);
    ring.release();
  }

  private handleFailure(error: unknown): void {
    this.thread?.port.close();
    this.thread = undefined;
    if (this.state === 'closing') return;
    this.events.onFailure(sentenceOf(error));
    this.restarting = setTimeout(() => void this.restart(), restartDelayMs);
  }

  private async restart(): Promise<void> {
    const reason = await this.start();
    if (reason !== undefined) this.events.onFailure(reason);
    else if (this.state === 'closing') await this.close();
  }
}

function sentenceOf(error: unknown): string {
  return `The thread of the audio mixer has failed: ${error instanceof Error ? error.message : String(error)}.`;
}
