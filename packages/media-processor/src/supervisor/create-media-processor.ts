import { X509Certificate, randomBytes } from 'node:crypto';
import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import type { ConferenceEvent, PortsEvent, TrunkPortSlice } from '../process-api/process-messages.ts';
import { ConferenceCommands } from './conferences/conference-commands.ts';
import { Conferences } from './conferences/conferences.ts';
import { EventQueue } from './event-queue.ts';
import { MediaProcessorError } from './media-processor-error.ts';
import { defaultMediaProcessorLimits, type MediaProcessorOptions } from './media-processor-options.ts';
import type { MediaAddress, MediaProcessor, MediaProcessorStatus, MediaProcessStatus } from './media-processor.ts';
import { heartbeatEveryMs, ProcessSlot } from './process-slot.ts';
import { StreamRelays } from './stream-relays.ts';
import { WaitingConferences } from './conferences/waiting-conferences.ts';

/**
 * Makes a Media Processor; it serves once it was started.
 * @throws {MediaProcessorError} `MEDIA_CERTIFICATE_INVALID`
 */
export function createMediaProcessor(options: MediaProcessorOptions): MediaProcessor {
  return new SupervisedMediaProcessor(options, fingerprintOf(options.certificate.certificatePem));
}

/** One process more than serve is kept ready for the conferences of a lost one. */
const spareProcesses = 1;
/** How long a conference waits for a process when all are being started again: less than the call waits that wants it. */
const openWithinMs = 9_000;

/** starting ▶ serving ▶ draining ▶ closed. */
type ProcessorState = 'starting' | 'serving' | 'draining' | 'closed';

class SupervisedMediaProcessor implements MediaProcessor {
  private readonly options: MediaProcessorOptions;
  private readonly cname = randomBytes(12).toString('base64url');
  private readonly slots: readonly ProcessSlot[];
  private readonly conferences = new Conferences();
  private readonly waiting = new WaitingConferences(openWithinMs);
  private readonly streamRelays = new StreamRelays();
  private readonly events = new EventQueue();
  private readonly commands: ConferenceCommands;
  private state: ProcessorState = 'starting';
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(options: MediaProcessorOptions, fingerprint: Uint8Array) {
    this.options = options;
    const { logger, publicAddresses, holdMusic } = options;
    const limits = { ...defaultMediaProcessorLimits, ...options.limits };
    this.commands = new ConferenceCommands({ logger, publicAddresses, holdMusic, limits, fingerprint, cname: this.cname, conferences: this.conferences, events: this.events });
    this.slots = Array.from({ length: options.processes + spareProcesses }, (_, index) => this.createSlot(index));
  }

  async start(): Promise<void> {
    try {
      await Promise.all(this.slots.map((slot) => slot.start()));
    } catch (error) {
      await this.close();
      throw error;
    }
    this.state = 'serving';
    this.heartbeat = setInterval(() => this.slots.forEach((slot) => slot.beat()), heartbeatEveryMs);
  }

  onEvent(listener: (event: MediaEvent) => void): void {
    this.events.onEvent(listener);
  }

  absence(): string | undefined {
    if (this.state === 'serving') return undefined;
    return this.state === 'starting' ? 'The media processor is starting; try again in a moment.' : 'The server is shutting down; call again in a moment.';
  }

  drain(): void {
    if (this.state === 'serving') this.state = 'draining';
  }

  async close(): Promise<void> {
    this.state = 'closed';
    clearInterval(this.heartbeat);
    this.waiting.takeAll();
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  setStreamRelay(address: string, isOpen: boolean): void {
    if (this.streamRelays.set(address, isOpen)) for (const slot of this.slots) slot.send({ kind: 'setStreamRelay', address, isOpen });
  }

  listen(addresses: readonly string[]): void {
    for (const slot of this.slots) slot.listen(addresses);
  }

  addresses(): readonly MediaAddress[] {
    return this.slots.flatMap(({ running }) => running?.addresses.map((address) => ({ address, port: running.port })) ?? []);
  }

  status(): MediaProcessorStatus {
    const processes = this.slots.map((slot) => this.statusOf(slot));
    return {
      processes,
      conferences: this.conferences.size,
      legs: processes.reduce((sum, { legs }) => sum + legs, 0),
      restarts: this.slots.reduce((sum, { restarts }) => sum + restarts, 0),
    };
  }

  send(command: MediaCommand): void {
    if (command.kind === 'openConference') {
      this.openConference(command);
      return;
    }
    const conference = this.conferences.find(command.conferenceId);
    if (conference !== undefined) this.commands.carryOut(conference, command);
    else if (!this.holdBack(command)) this.commands.refuse(command, 'CONFERENCE_NOT_FOUND');
  }

  private statusOf(slot: ProcessSlot): MediaProcessStatus {
    const { name, running } = slot;
    const carried = { conferences: this.conferences.on(slot).length, legs: this.conferences.legsOn(slot) };
    return running === undefined ? { name, isRunning: false, load: 0, ...carried } : { name, isRunning: true, processId: running.processId, load: running.load, ...carried };
  }

  /** What is asked of a conference that waits for a process waits with it. @returns Whether it does. */
  private holdBack(command: MediaCommand): boolean {
    return command.kind === 'closeConference' ? this.waiting.remove(command.conferenceId) : this.waiting.queue(command);
  }

  private createSlot(index: number): ProcessSlot {
    const { logger, firstPort, listenAddresses, certificate, soundFolder } = this.options;
    const settings = {
      name: `media-${index + 1}`, addresses: listenAddresses, port: firstPort === 0 ? 0 : firstPort + index,
      certificate: certificate.certificatePem, privateKey: certificate.privateKeyPem, cname: this.cname,
      ...this.trunkPorts(index),
    };
    return new ProcessSlot({ logger, settings, ...(soundFolder !== undefined && { soundFolder }) }, {
      running: (slot) => this.handleRunning(slot),
      lost: (slot) => this.handleLost(slot),
      canWait: (slot) => this.slots.some((other) => other !== slot && other.running !== undefined),
      told: (slot, event) => this.handleTold(slot, event),
    });
  }

  private trunkPorts(index: number): { readonly trunkPorts?: TrunkPortSlice } {
    const { trunkPorts, processes } = this.options;
    return trunkPorts === undefined ? {} : { trunkPorts: { ...trunkPorts, index, of: processes + spareProcesses } };
  }

  private openConference(command: Extract<MediaCommand, { readonly kind: 'openConference' }>): void {
    const { conferenceId } = command;
    if (this.conferences.find(conferenceId) !== undefined || this.waiting.has(conferenceId)) return;
    if (this.state !== 'serving') {
      this.failConference(conferenceId);
      return;
    }
    const slot = this.conferences.place(this.slots, spareProcesses);
    if (slot !== undefined) {
      this.conferences.add(conferenceId, slot);
      slot.send(command);
      this.events.tell({ kind: 'conferenceOpened', conferenceId, process: slot.name });
      return;
    }
    this.waiting.add(command, () => this.failConference(conferenceId));
  }

  private failConference(conferenceId: string): void {
    this.events.tell({ kind: 'conferenceFailed', conferenceId, reason: 'MEDIA_PROCESSOR_UNAVAILABLE' });
  }

  private handleRunning(slot: ProcessSlot): void {
    for (const address of this.streamRelays.open) slot.send({ kind: 'setStreamRelay', address, isOpen: true });
    if (this.state !== 'serving') return;
    for (const command of this.waiting.takeAll()) this.send(command);
  }

  /** The owners are told at once, so that they can go on in another process. */
  private handleLost(slot: ProcessSlot): void {
    for (const conference of this.conferences.on(slot)) {
      this.conferences.remove(conference);
      if (this.state !== 'closed') this.events.pass({ kind: 'conferenceFailed', conferenceId: conference.conferenceId, reason: 'MEDIA_PROCESS_LOST' });
    }
  }

  private handleTold(slot: ProcessSlot, event: ConferenceEvent | PortsEvent): void {
    const conference = this.conferences.find(event.conferenceId);
    if (conference?.slot !== slot) return;
    if (event.kind === 'portsOpened' || event.kind === 'portsFailed') {
      this.commands.handlePorts(conference, event);
      return;
    }
    if (event.kind === 'legReport') this.commands.noteReport(conference, event.legId, event.report);
    if (event.kind === 'legStateChanged' && event.state === 'closed') {
      const { conferenceId, legId } = event;
      if (!conference.legs.delete(legId)) return;
      slot.send({ kind: 'closeLeg', conferenceId, legId });
    }
    this.events.pass(event);
  }
}

/** SHA-256 over the certificate (RFC 8122 §5). */
function fingerprintOf(certificatePem: string): Uint8Array {
  try {
    return Buffer.from(new X509Certificate(certificatePem).fingerprint256.replaceAll(':', ''), 'hex');
  } catch (error) {
    throw new MediaProcessorError('MEDIA_CERTIFICATE_INVALID', undefined, error);
  }
}
