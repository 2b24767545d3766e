import { CoalescingMeter, createUdpSockets, type Dtls, nodeRandomness, openStunCrypto, type Srtp, type UdpSockets, type UdpThread } from '@dialplane/kernels';
import { AgentTable } from '@dialplane/ice';
import type { LegReport, MediaFailure } from '@dialplane/media-api';
import { type Instant, instant } from '@dialplane/sansio';
import { formatTransportAddress } from '@dialplane/stun';
import type { MemberSound } from '../mixing/audio-mixer.ts';
import type { ProcessCommand, ProcessEvent, ProcessSettings } from '../process-api/process-messages.ts';
import { Composing } from './pictures/composing.ts';
import { Conference, type ConferenceParts } from './conference.ts';
import { FeedbackReader } from './packets/feedback-reader.ts';
import { FeedbackWriter } from './packets/feedback-writer.ts';
import { FanOut } from './forwarding/fan-out.ts';
import { ForwardingTables } from './forwarding/forwarding-tables.ts';
import { Leg, type LegParts } from './legs/leg.ts';
import type { LegTransport } from './transports/leg-transport.ts';
import { RtpPorts } from './transports/rtp-ports.ts';
import type { RtpTransport } from './transports/rtp-transport.ts';
import type { WebrtcTransport } from './transports/webrtc-transport.ts';
import { openMediaSockets } from './packets/media-sockets.ts';
import { Mixing } from './sound/mixing.ts';
import { RepacketizingParts } from './sound/repacketized-stream.ts';
import { PacketReceiver, type ReceiverStatistics } from './packets/packet-receiver.ts';
import { PacketSender } from './packets/packet-sender.ts';
import { ProcessLoad } from './process-load.ts';
import { StreamWriters } from './streams/stream-writers.ts';
import { LegTurns } from './ticks/leg-turns.ts';
import { PlaneTicks } from './ticks/plane-ticks.ts';
import { TickPolicy } from './ticks/tick-policy.ts';

/** What concerns one conference. */
type ConferenceCommand = Extract<ProcessCommand, { readonly conferenceId: string }>;

export interface MediaPlaneOptions {
  readonly settings: ProcessSettings;
  readonly srtp: Srtp;
  readonly dtls: Dtls;
  readonly tell: (event: ProcessEvent) => void;
  /** Whether the thread exists for this plane. */
  readonly thread: UdpThread;
}

/**
 * The packet thread: sockets, and the legs and conferences behind them. Everything happens in an answer to packets, to a command or to the tick, each of which ends with
 * what it has to send.
 */
export class MediaPlane {
  /** For the audio mixer, which is given to it when there is one. */
  readonly mixing: Mixing;
  /** For the video composer, likewise. */
  readonly composing: Composing;
  private readonly receiver: PacketReceiver;
  private readonly options: MediaPlaneOptions;
  private readonly sockets: UdpSockets;
  private readonly sender: PacketSender;
  private readonly load: ProcessLoad;
  private readonly tables = new ForwardingTables();
  private readonly conferences = new Map<string, Conference>();
  private readonly feedbackReader = new FeedbackReader(wallClock);
  private readonly legParts: LegParts;
  private readonly meter = new CoalescingMeter();
  private readonly tickPolicy = new TickPolicy();
  private readonly turns = new LegTurns<Leg>();
  private readonly ticks: PlaneTicks;
  private readonly conferenceParts: ConferenceParts;
  /** Relayed transport addresses of clients that speak TCP or TLS with the relay, as text. */
  private readonly streamRelays = new Set<string>();
  private readonly unrouted = new Set<Conference>();
  /** Addresses that have a socket, and the port of all. */
  private readonly listening = new Set<string>();
  private port = 0;

  /** @throws {Error} where the certificate cannot be read. */
  constructor(options: MediaPlaneOptions) {
    const { settings, srtp, dtls } = options;
    this.options = options;
    this.sockets = createUdpSockets({ implementation: 'native', thread: options.thread, onBatch: (count) => this.serveBatch(count) });
    this.sender = new PacketSender(this.sockets, srtp);
    const warn = (message: string): void => options.tell({ kind: 'logged', level: 'warn', message });
    this.mixing = new Mixing(this.sender, clock, warn);
    const fanOut = new FanOut(this.sender, this.tables, (leg, error) => this.giveUp(leg, error));
    this.composing = new Composing(this.sender, fanOut, clock, warn);
    this.load = new ProcessLoad(this.sockets, this.mixing, this.composing);
    this.conferenceParts = {
      tell: options.tell,
      mixing: this.mixing,
      composing: this.composing,
      repacketizing: new RepacketizingParts(this.sender, fanOut),
      unrouted: this.unrouted,
      turns: this.turns,
      isOverTcp: ({ transport }) => transport?.route !== undefined && this.streamRelays.has(formatTransportAddress(transport.route.remote)),
    };
    this.ticks = new PlaneTicks({
      policy: this.tickPolicy,
      turns: this.turns,
      conferences: this.conferences,
      feedbackWriter: new FeedbackWriter(this.sender, settings.cname, wallClock),
      clock,
      tellReport: (leg, report) => this.tellReport(leg, report),
      onFault: (leg, error) => this.giveUp(leg, error),
      onTick: (now) => this.send(now),
    });
    const randomness = nodeRandomness();
    const crypto = openStunCrypto();
    const agents = new AgentTable<WebrtcTransport<Leg>>({ crypto, seed: randomness.nextUint32() });
    const telephoneAgents = new AgentTable<RtpTransport<Leg>>({ crypto, seed: randomness.nextUint32() });
    const ports = new RtpPorts<RtpTransport<Leg>>(this.sockets, settings.trunkPorts, () => randomness.nextUint32());
    const shared = {
      srtp,
      sender: this.sender,
      tables: this.tables,
      identity: dtls.openIdentity(settings.certificate, settings.privateKey),
      onState: (transport: LegTransport<Leg>, now: Instant) => this.followTransport(transport, now),
      log: (message: string) => options.tell({ kind: 'logged', level: 'info', message }),
    };
    this.legParts = {
      transports: { ...shared, agents },
      telephones: { ...shared, ports, agents: telephoneAgents },
      writers: new StreamWriters(this.sender, this.tickPolicy, this.tables),
      turns: this.turns,
      random: () => randomness.nextUint32(),
    };
    this.receiver = new PacketReceiver({
      sockets: this.sockets,
      srtp,
      sender: this.sender,
      fanOut,
      agents,
      telephoneAgents,
      ports,
      ticks: this.tickPolicy,
      onRtcp: (leg, bytes, arrivedAt, now) => this.feedbackReader.handle(leg, bytes, arrivedAt, now),
      onStream: ({ section: { leg } }, now) => leg.conference.route(now),
      onFault: (leg, error) => this.giveUp(leg, error),
    });
  }

  get statistics(): ReceiverStatistics {
    return this.receiver.statistics;
  }

  /** Opens the sockets and tells. */
  start(): void {
    const { addresses, port, failure } = openMediaSockets(this.sockets, this.options.settings);
    this.port = port;
    for (const address of addresses) this.listening.add(address);
    if (addresses.length === 0) this.options.tell({ kind: 'startFailed', sentence: failure });
    else this.options.tell({ kind: 'started', addresses, port });
  }

  /** Carries out commands that came together. What names a conference or leg that is not there has crossed its end. */
  handle(commands: ReadonlyArray<Exclude<ProcessCommand, { readonly kind: 'start' }>>): void {
    const now = clock();
    for (const command of commands) {
      try {
        this.obey(command, now);
      } catch (error) {
        this.giveUpOver(command, error);
      }
    }
    this.send(now);
    this.ticks.arm(now);
  }

  close(): void {
    const now = clock();
    for (const conference of this.conferences.values()) conference.close(now);
    this.conferences.clear();
    this.ticks.close();
    this.sockets.destroy();
  }

  private obey(command: Exclude<ProcessCommand, { readonly kind: 'start' }>, now: Instant): void {
    if (command.kind === 'heartbeat') return this.answer(command.sequence);
    if (command.kind === 'setStreamRelay') return this.noteStreamRelay(command);
    if (command.kind === 'listen') return this.listenOn(command.addresses);
    const { conferenceId } = command;
    const conference = this.conferences.get(conferenceId);
    if (command.kind === 'openConference') {
      if (conference === undefined) this.conferences.set(conferenceId, new Conference(conferenceId, command.modes, this.conferenceParts));
      return;
    }
    if (conference === undefined) return;
    switch (command.kind) {
      case 'closeConference':
        this.conferences.delete(conferenceId);
        return conference.close(now);
      case 'openLeg':
        return this.openLeg(conference, command, now);
      case 'setLeg':
      case 'closeLeg':
        return this.obeyForLeg(conference, command, now);
      default:
        if (this.unrouted.has(conference)) conference.route(now);
        this.obeyWithin(conference, command, now);
    }
  }

  /** What finds legs where they belong. */
  private obeyWithin(conference: Conference, command: Exclude<ConferenceCommand, { readonly kind: 'openConference' | 'closeConference' | 'openLeg' | 'setLeg' | 'closeLeg' }>, now: Instant): void {
    switch (command.kind) {
      case 'setModes':
        return this.setModes(conference, command, now);
      case 'setSpotlight':
        return conference.setSpotlight(command.identifiers);
      case 'play':
        return conference.plays.start(command, now);
      case 'stopPlay':
        return conference.plays.stop(command.playId, now);
      default:
        this.obeyForLeg(conference, command, now);
    }
  }

  private openLeg(conference: Conference, command: Extract<ProcessCommand, { readonly kind: 'openLeg' }>, now: Instant): void {
    const { legId, telephone } = command;
    if (conference.legs.has(legId)) return;
    const leg = new Leg(conference, command, this.legParts, now);
    conference.add(leg);
    if (telephone === undefined) return;
    const { conferenceId } = conference;
    const opened = leg.openPorts(telephone.address, now);
    if (typeof opened === 'number') return this.options.tell({ kind: 'portsOpened', conferenceId, legId, port: opened });
    conference.remove(leg, now);
    this.options.tell({ kind: 'portsFailed', conferenceId, legId, sentence: opened });
  }

  private obeyForLeg(conference: Conference, command: Extract<ProcessCommand, { readonly kind: 'setLeg' | 'closeLeg' | 'setMuted' | 'setHeld' | 'setSendable' | 'setWanted' | 'setSound' | 'sendDtmf' }>, now: Instant): void {
    const leg = conference.legs.get(command.legId);
    if (leg === undefined) return;
    switch (command.kind) {
      case 'setLeg':
        return leg.update(command.transport, command.sections, now);
      case 'closeLeg':
        this.tellReport(leg, leg.reporter.take());
        return conference.remove(leg, now);
      case 'setMuted':
        leg.isMuted = command.isMuted;
        return conference.route(now);
      case 'setHeld':
        leg.isHeld = command.isHeld;
        return conference.route(now);
      case 'setSendable':
        leg.sendable = command.streams;
        return conference.route(now);
      case 'setSound':
        return conference.setSound(leg, soundOf(command), now);
      case 'sendDtmf':
        return conference.sendDtmf(leg, command.tones, now);
      default:
        conference.setWanted(leg, command.wanted, now);
    }
  }

  /** An address that is gone keeps its socket: it costs nothing, and is there when the address comes back. */
  private listenOn(addresses: readonly string[]): void {
    const added = addresses.filter((address) => !this.listening.has(address));
    for (const address of openMediaSockets(this.sockets, { addresses: added, port: this.port }).addresses) this.listening.add(address);
    this.options.tell({ kind: 'listening', addresses: addresses.filter((address) => this.listening.has(address)) });
  }

  private noteStreamRelay({ address, isOpen }: Extract<ProcessCommand, { readonly kind: 'setStreamRelay' }>): void {
    if (isOpen) this.streamRelays.add(address);
    else this.streamRelays.delete(address);
  }

  private setModes(conference: Conference, { legId, modes }: Extract<ProcessCommand, { readonly kind: 'setModes' }>, now: Instant): void {
    const leg = legId === undefined ? undefined : conference.legs.get(legId);
    if (legId !== undefined && leg === undefined) return;
    conference.setModes(modes, leg, now);
  }

  private serveBatch(count: number): number {
    const now = clock();
    const worked = this.receiver.serveBatch(count, now);
    this.route(now);
    const coalescing = this.meter.observe(worked, now);
    if (coalescing !== undefined) this.sockets.setCoalescing(coalescing);
    this.ticks.handlePackets(now);
    this.route(now);
    return this.sender.take();
  }

  private send(now: Instant): void {
    this.route(now);
    this.sender.flush();
  }

  private followTransport(transport: LegTransport<Leg>, now: Instant): void {
    const leg = transport.owner;
    const change = leg.handleTransport(transport, now);
    if (change === 'unchanged') return;
    const reason = transport.state.kind === 'ended' ? transport.state.reason : undefined;
    if (change === 'connected') this.tickPolicy.noteMedia(now);
    this.tellState(leg, change, reason);
    leg.conference.routeLater(now);
  }

  private route(now: Instant): void {
    for (const conference of this.unrouted) {
      try {
        conference.route(now);
      } catch (error) {
        for (const leg of conference.legs.values()) this.giveUp(leg, error);
      }
    }
  }

  private tellState({ conference: { conferenceId }, legId }: Leg, state: 'connected' | 'interrupted' | 'closed', reason: MediaFailure | undefined): void {
    this.options.tell({ kind: 'legStateChanged', conferenceId, legId, state, ...(reason !== undefined && { reason }) });
  }

  private tellReport({ conference: { conferenceId }, legId }: Leg, report: LegReport | undefined): void {
    if (report !== undefined) this.options.tell({ kind: 'legReport', conferenceId, legId, report });
  }

  /** A bug of ours costs the leg it happened to (STYLE: errors, third kind). */
  private giveUp(leg: Leg, error: unknown): void {
    this.logFault('A media process failed over a leg, which ends', error);
    leg.end(clock());
    this.tellState(leg, 'closed', 'MEDIA_PROCESS_LOST');
  }

  private giveUpOver(command: Exclude<ProcessCommand, { readonly kind: 'start' }>, error: unknown): void {
    const leg = 'legId' in command && command.legId !== undefined ? this.conferences.get(command.conferenceId)?.legs.get(command.legId) : undefined;
    if (leg !== undefined) this.giveUp(leg, error);
    else this.logFault(`A media process failed over a command (${command.kind})`, error);
  }

  private logFault(what: string, error: unknown): void {
    this.options.tell({ kind: 'logged', level: 'error', message: `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
  }

  private answer(sequence: number): void {
    this.options.tell({ kind: 'alive', sequence, conferences: this.conferences.size, legs: this.turns.count, load: this.load.measure() });
  }
}

function soundOf({ sound, country, music }: Extract<ProcessCommand, { readonly kind: 'setSound' }>): MemberSound {
  return { kind: sound, ...(country !== undefined && { country }), ...(music !== undefined && { music }) };
}

function clock(): Instant {
  return instant(performance.now());
}

function wallClock(now: Instant): number {
  return performance.timeOrigin + now;
}
