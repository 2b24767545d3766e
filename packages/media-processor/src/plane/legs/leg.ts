import type { MediaStreamType } from '@dialplane/calling-api';
import { BandwidthEstimator, trustedStart } from '@dialplane/conference';
import { ArrivalRecorder, HeaderExtensionMap, SenderClock } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { MemberSound } from '../../mixing/audio-mixer.ts';
import type { SectionSettings, TransportSettings } from '../../process-api/leg-settings.ts';
import type { ProcessCommand } from '../../process-api/process-messages.ts';
import type { Conference } from '../conference.ts';
import { MediaWatchdog } from './media-watchdog.ts';
import { PacketBudget } from '../packets/packet-budget.ts';
import { LegReporter } from './leg-reporter.ts';
import type { LegTransport } from '../transports/leg-transport.ts';
import { ReceivedSection } from './received-section.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import { RtpTransport, type RtpTransportParts } from '../transports/rtp-transport.ts';
import { SentStream } from '../streams/sent-stream.ts';
import type { StreamWriters } from '../streams/stream-writers.ts';
import { StreamBindings } from './stream-bindings.ts';
import type { LegTurns } from '../ticks/leg-turns.ts';
import { WebrtcTransport, type WebrtcTransportParts } from '../transports/webrtc-transport.ts';

/** 20 Mbit/s in full packets: five times what a client sends with a screen and three layers of a picture. */
const ingressBytesPerSecond = 4_000_000;
/** Sound in packets of 10 ms, three times over. */
const telephoneIngressBytesPerSecond = 250_000;
/** RTCP of a client that receives fifty pictures, several times over. */
const feedbackBytesPerSecond = 150_000;
/** What a client can have sent again; one that loses more needs less, not more. */
const retransmittedBytesPerSecond = 500_000;

/** What a line is thought to take that cannot be probed, before its client has said anything. */
const unprobedBps = 2_500_000;
/** What sound may take of a line before pictures. */
const soundBps = 80_000;
/** Streams that pause, of sections that come and go. */
const mostResting = 64;
/** RFC 3550 §5.1: its length is told in one byte. */
const mostPadding = 255;
/** RTP header with extension, SRTP tag, UDP and IP, in bytes. */
export const packetOverhead = 72;

const noExtensions = new HeaderExtensionMap([]);

/** Who a leg is of. */
export type LegIdentity = Omit<Extract<ProcessCommand, { readonly kind: 'openLeg' }>, 'kind' | 'conferenceId'>;

export interface LegParts {
  readonly transports: WebrtcTransportParts<Leg>;
  readonly telephones: RtpTransportParts<Leg>;
  readonly writers: StreamWriters;
  readonly turns: LegTurns<Leg>;
  /** A random 32-bit integer. */
  readonly random: () => number;
}

/** A transport that is not connected yet, and how the leg is to be from then on. */
interface NextTransport {
  readonly transport: WebrtcTransport<Leg> | RtpTransport<Leg>;
  sections: readonly SectionSettings[];
}

/** One participant's connection to a conference: its way, what it sends, and what is sent to it. */
const everyStream: readonly MediaStreamType[] = ['Audio', 'Video', 'ScreenSharing'];

export class Leg {
  readonly conference: Conference;
  readonly legId: string;
  readonly identifier: string;
  /** Of an RTP leg: a telephone, or a carrier that leads to one. */
  readonly telephone: LegIdentity['telephone'];
  isMuted: boolean;
  isHeld = false;
  /** What its client may send. */
  sendable: readonly MediaStreamType[] = everyStream;
  /** What it hears besides the others, or instead of them. */
  sound: MemberSound = { kind: 'none' };
  /** The connected one. */
  transport: WebrtcTransport<Leg> | RtpTransport<Leg> | undefined;
  received: readonly ReceivedSection[] = [];
  sent: readonly SentStream[] = [];
  /** Of what it sends. */
  extensions = noExtensions;
  bindings = new StreamBindings();
  arrivals = new ArrivalRecorder();
  /** Of the line to the client; a telephone's has nothing to be shared out. */
  bandwidth: BandwidthEstimator | undefined;
  /** Streams of pictures that have packets waiting until the line has room. */
  readonly waiting = new Set<SentStream>();
  readonly senderClock = new SenderClock();
  readonly ingress: PacketBudget;
  readonly reporter: LegReporter;
  readonly watchdog: MediaWatchdog;
  readonly feedback: PacketBudget;
  readonly retransmissions: PacketBudget;
  /** When it was told what arrived; when it is to be told what the streams are like. */
  feedbackAt: Instant;
  reportDueAt: Instant;
  /** Of the path, from reports. */
  roundTripMs: number | undefined;
  private readonly parts: LegParts;
  /** What the line is trusted with at first, where it was known before this leg. */
  private readonly startBps: number | undefined;
  private resting: readonly SentStream[] = [];
  private next: NextTransport | undefined;

  constructor(conference: Conference, { legId, identifier, isMuted, telephone, startBps }: LegIdentity, parts: LegParts, now: Instant) {
    this.conference = conference;
    this.legId = legId;
    this.identifier = identifier;
    this.isMuted = isMuted;
    this.telephone = telephone;
    this.parts = parts;
    this.startBps = startBps;
    this.bandwidth = telephone === undefined ? new BandwidthEstimator({ startBps }) : undefined;
    this.ingress = new PacketBudget(telephone === undefined ? ingressBytesPerSecond : telephoneIngressBytesPerSecond, now);
    this.feedback = new PacketBudget(feedbackBytesPerSecond, now);
    this.retransmissions = new PacketBudget(retransmittedBytesPerSecond, now);
    this.feedbackAt = this.reportDueAt = now;
    this.reporter = new LegReporter(this, now);
    this.watchdog = new MediaWatchdog(this);
  }

  /** SSRC of its reports and feedback: one that the client knows from the description. */
  get reporterSsrc(): number {
    return this.sent[0]?.ssrc ?? 1;
  }

  /** Nothing of a participant that is muted is heard, nothing passes a leg on hold, and nothing that its client may not send. */
  maySend(type: MediaStreamType): boolean {
    return !this.isHeld && !(type === 'Audio' && this.isMuted) && this.sendable.includes(type);
  }

  /** Opens the ports of a telephone at an address of the machine. @returns that of RTP, or a sentence where there are none. */
  openPorts(address: string, now: Instant): number | string {
    const transport = RtpTransport.open<Leg>(this, address, this.parts.telephones, now);
    if (typeof transport === 'string') return transport;
    this.next = { transport, sections: [] };
    return transport.port;
  }

  /** Whether a telephone's keys are tones in its sound, which has to be listened to for them. */
  get hasKeysInSound(): boolean {
    if (this.telephone === undefined || this.telephone.dtmf === 'info') return false;
    if (this.telephone.dtmf === 'inband') return true;
    return this.telephone.dtmfInSound !== 'ignored' && !this.received.some(({ codecs }) => codecs.some(({ name }) => name === 'telephone-event'));
  }

  /** Offer and answer were exchanged. Another transport takes over once it is connected. */
  update(settings: TransportSettings, sections: readonly SectionSettings[], now: Instant): void {
    const { next, transport } = this;
    if (next !== undefined && isFor(settings, next.transport)) {
      next.sections = sections;
      next.transport.update(settings, now);
    } else if (transport !== undefined && isFor(settings, transport)) {
      transport.update(settings, now);
      this.applySections(sections, now);
    } else if (settings.kind === 'webrtc') {
      this.next = { transport: new WebrtcTransport<Leg>(this, settings, this.parts.transports, now), sections };
      next?.transport.end(now);
    }
  }

  /** A transport of its own became something. @returns what became of the leg, `unchanged` where that has another way. */
  handleTransport(changed: LegTransport<Leg>, now: Instant): 'connected' | 'interrupted' | 'closed' | 'unchanged' {
    const { state } = changed;
    if (changed === this.next?.transport) {
      if (state.kind === 'connected') this.takeNext(this.next, now);
      else if (state.kind === 'ended') this.next = undefined;
      if (state.kind === 'ended' && this.transport === undefined) return 'closed';
      return state.kind === 'connected' ? 'connected' : 'unchanged';
    }
    if (changed !== this.transport) return 'unchanged';
    if (state.kind === 'ended') this.transport = undefined;
    if (state.kind === 'ended') return this.next === undefined ? 'closed' : 'interrupted';
    return state.kind === 'handshaking' ? 'unchanged' : state.kind;
  }

  /** Something cannot wait until it is looked at in its turn. */
  hurry(): void {
    this.parts.turns.hurry(this);
  }

  /** Whether anything cannot wait: what is to be told of its packets, pictures without room, a probe. */
  get isInHurry(): boolean {
    if (this.transport === undefined) return false;
    return this.arrivals.hasUnreported || this.waiting.size > 0 || this.bandwidth?.isProbing === true || this.bindings.streams.some(({ isIncomplete }) => isIncomplete);
  }

  /** To be called in its turn. */
  handleTimeout(now: Instant): void {
    this.bandwidth?.update(now);
    this.followEstimate();
    this.transport?.handleTimeout(now);
    this.next?.transport.handleTimeout(now);
  }

  /** Sends what a probe of the line asks for, as padding of a picture's retransmissions. Nothing, most of the time. */
  probe(now: Instant): void {
    const { bandwidth } = this;
    if (bandwidth?.isProbing !== true) return;
    const stream = this.sent.find(({ canPad }) => canPad);
    if (stream === undefined) return;
    for (let due = bandwidth.probeBytesDue(now); due > 0; due -= packetOverhead + mostPadding) stream.sendPadding(Math.min(mostPadding, due), now);
  }

  /** What the line to the client is thought to take, in bits per second. */
  get estimateBps(): number {
    return this.bandwidth?.estimateBps ?? 0;
  }

  /** What the line takes for pictures, in bits per second. */
  get pictureBps(): number {
    return Math.max(0, this.estimateBps - soundBps);
  }

  /** It is worth to look for room for pictures of so many bits per second; 0 where none is wanted. */
  wantPictures(bitsPerSecond: number): void {
    this.bandwidth?.setWanted(bitsPerSecond === 0 ? 0 : bitsPerSecond + soundBps);
  }

  /** Whether a packet of a picture may be sent now; if so, it counts as sent. */
  mayLeave(payloadLength: number, now: Instant): boolean {
    return this.transport?.line.pacer.take(payloadLength + packetOverhead, now) === true;
  }

  /** Sends what of pictures has waited, as far as there is room now. */
  sendWaiting(now: Instant): void {
    for (const stream of this.waiting) stream.sendWaiting(now);
  }

  /** To be called when the estimate may have changed: pictures leave at its pace. */
  followEstimate(): void {
    this.transport?.line.pacer.setLine(this.estimateBps);
  }

  /** The number of the next packet on the transport (transport-wide congestion control). */
  takeTransportNumber(payloadLength: number, now: Instant): number {
    const number = this.bandwidth?.noteSent(payloadLength + packetOverhead, now) ?? 0;
    if (this.transport !== undefined) this.transport.line.transportNumber = (number + 1) & 0xffff;
    return number;
  }

  /** The kernel has sent `count` packets by the next numbers, as it does by itself. @param sizes with {@link packetOverhead}. */
  noteForwarded(sizes: Int32Array, count: number, now: Instant): void {
    this.bandwidth?.noteSentTogether(sizes, count, now);
  }

  end(now: Instant): void {
    const { transport, next } = this;
    this.transport = this.next = undefined;
    this.forgetStreams(this.bindings.retain([]));
    for (const stream of this.sent) stream.setSource(undefined);
    transport?.end(now);
    next?.transport.end(now);
  }

  private takeNext({ transport, sections }: NextTransport, now: Instant): void {
    const before = this.transport;
    this.transport = transport;
    this.next = undefined;
    before?.end(now);
    // Another peer connection: other SSRCs, other numbers.
    this.forgetStreams(this.bindings.retain([]));
    this.bindings = new StreamBindings();
    this.arrivals = new ArrivalRecorder();
    this.received = [];
    for (const stream of this.sent) stream.setSource(undefined);
    this.sent = this.resting = [];
    const startBps = before === undefined || this.bandwidth === undefined ? this.startBps : trustedStart(this.bandwidth.estimateBps);
    if (this.telephone === undefined) this.bandwidth = new BandwidthEstimator({ startBps: startBps ?? (canBeProbed(sections) ? undefined : unprobedBps) });
    transport.line.transportNumber = this.bandwidth?.nextNumber ?? 0;
    this.followEstimate();
    this.applySections(sections, now);
  }

  private applySections(sections: readonly SectionSettings[], now: Instant): void {
    this.received = sections.flatMap((settings) => {
      if (settings.receive === undefined) return [];
      const known = this.received.find((section) => section.isSame(settings));
      return [known ?? new ReceivedSection(this, settings, settings.receive)];
    });
    this.extensions = this.telephone === undefined ? new HeaderExtensionMap(this.received.map(({ settings }) => settings.extensions)) : noExtensions;
    this.forgetStreams(this.bindings.retain(this.received));
    this.applySent(sections);
    this.conference.routeLater(now);
  }

  /** A stream that pauses, as on hold, goes on with its numbers later: its keys have seen those before (RFC 3711 §9.1). */
  private applySent(sections: readonly SectionSettings[]): void {
    const before = [...this.sent, ...this.resting];
    this.sent = sections.flatMap((settings) => {
      if (settings.send === undefined) return [];
      const ssrc = settings.send.ssrc | 0;
      const known = before.find((stream) => stream.ssrc === ssrc && stream.mid === settings.mid);
      known?.update(settings);
      return [known ?? new SentStream(this, settings, this.parts.writers, this.parts.random)];
    });
    this.resting = before.filter((stream) => !this.sent.includes(stream)).slice(0, mostResting);
    for (const stream of this.resting) stream.setSource(undefined);
  }

  private forgetStreams(gone: readonly ReceivedStream[]): void {
    for (const { subscribers } of gone) for (const subscriber of subscribers.slice()) subscriber.setSource(undefined);
  }
}

/** Whether the settings are for a transport that there is. */
function isFor(settings: TransportSettings, transport: LegTransport<Leg>): boolean {
  return settings.kind === 'rtp' ? transport.kind === 'rtp' : transport.generation === settings.generation;
}

/** Whether a client says when which packet arrived, and tells padding apart from each of its pictures. */
function canBeProbed(sections: readonly SectionSettings[]): boolean {
  const reports = sections.some(({ extensions }) => extensions.transportSequence > 0);
  return reports && sections.every(({ kind, send, codecs }) => kind === 'audio' || send === undefined || (send.rtxSsrc !== undefined && codecs[0]?.rtxPayloadType !== undefined));
}
