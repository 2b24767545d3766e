import { noSource, readSource, receivedKind, receivedWords, type Srtp, srtpKind, type UdpSockets, unprotectWords } from '@dialplane/kernels';
import type { AgentTable } from '@dialplane/ice';
import { ExtensionElements, packetKind, type PacketKind, packetKindOf, primaryAudioOffset, RtpPacket, rtpVerdict, unwrapRetransmission } from '@dialplane/rtp';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { transportAddress } from '@dialplane/stun';
import type { FanOut } from '../forwarding/fan-out.ts';
import { isMedia } from '../streams/codec-match.ts';
import type { Leg } from '../legs/leg.ts';
import { unprotected } from '../transports/leg-transport.ts';
import type { PacketSender } from './packet-sender.ts';
import { packetWords, ReceivedPackets } from './received-packets.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import type { RtpEnd, RtpPorts } from '../transports/rtp-ports.ts';
import type { RtpTransport } from '../transports/rtp-transport.ts';
import type { StreamBinding } from '../legs/stream-bindings.ts';
import type { TickPolicy } from '../ticks/tick-policy.ts';
import type { WebrtcTransport } from '../transports/webrtc-transport.ts';

const { capacity } = ReceivedPackets;

export interface PacketReceiverOptions {
  readonly sockets: UdpSockets;
  readonly srtp: Srtp;
  readonly sender: PacketSender;
  readonly fanOut: FanOut;
  readonly agents: AgentTable<WebrtcTransport<Leg>>;
  /** Of telephones whose other side checks. */
  readonly telephoneAgents: AgentTable<RtpTransport<Leg>>;
  /** Of telephones. */
  readonly ports: RtpPorts<RtpTransport<Leg>>;
  readonly ticks: TickPolicy;
  /** RTCP of a leg, decrypted, and when it came. */
  readonly onRtcp: (leg: Leg, bytes: Uint8Array, arrivedAt: Instant, now: Instant) => void;
  /** A stream was heard for the first time. */
  readonly onStream: (stream: ReceivedStream, now: Instant) => void;
  /** Something of ours failed over a packet: costs the leg. */
  readonly onFault: (leg: Leg, error: unknown) => void;
}

/** What arrived and was of no use, since the start. */
export interface ReceiverStatistics {
  /** From addresses that no check came from, or that are no telephone's. */
  strangers: number;
  /** SRTP that was altered, forged or repeated. */
  notAuthentic: number;
  malformed: number;
  /** Of SSRCs that nothing says the meaning of. */
  unknownStreams: number;
}

/**
 * The way of packets in, a batch at a time: told apart (RFC 7983), given to the leg whose address they come from or whose port they came to, decrypted together, and then to the streams they
 * are of, from where they are forwarded. Nothing is allocated for a packet of media.
 */
export class PacketReceiver {
  readonly statistics: ReceiverStatistics = { strangers: 0, notAuthentic: 0, malformed: 0, unknownStreams: 0 };
  private readonly options: PacketReceiverOptions;
  private readonly words = new Int32Array(capacity * unprotectWords.stride);
  private readonly transports: Array<WebrtcTransport<Leg> | RtpTransport<Leg> | undefined> = Array.from({ length: capacity });
  /** Of each packet to decrypt, where its descriptor is among the received ones. */
  private readonly receivedAt = new Int32Array(capacity);
  /** How many of the batch had waited for others. */
  private patient = 0;
  /** What was said of the datagram that is being sorted. */
  private admission: 'take' | 'prove' | 'drop' = 'drop';
  private readonly source = noSource();
  private readonly packet = new RtpPacket();
  private readonly elements = new ExtensionElements();
  private readonly packets = new ReceivedPackets();
  /** Streams with packets in the batch. */
  private readonly active: ReceivedStream[] = [];

  constructor(options: PacketReceiverOptions) {
    this.options = options;
  }

  /** Serves the first `count` descriptors that the kernel has filled. @returns how many had not waited for others. */
  serveBatch(count: number, now: Instant): number {
    const encrypted = this.sort(count, now);
    this.options.srtp.unprotect(this.options.sockets.slab, this.words, encrypted);
    for (let index = 0; index < encrypted; index += 1) this.takePlain(index, now);
    for (let index = 0; index < encrypted; index += 1) this.transports[index] = undefined;
    for (const stream of this.active) {
      this.options.fanOut.forward(stream, this.packets, now);
      stream.clearPending();
    }
    this.active.length = 0;
    this.packets.clear();
    return count - this.patient;
  }

  /** Serves what is not SRTP, and describes the rest for decryption. @returns how many. */
  private sort(count: number, now: Instant): number {
    const { sockets, agents } = this.options;
    const { received, slab } = sockets;
    const { source } = this;
    let encrypted = 0;
    this.patient = 0;
    for (let at = 0, end = count * receivedWords.stride; at < end; at += receivedWords.stride) {
      const socket = received[at + receivedWords.socket] ?? 0;
      const end = this.options.ports.endAt(socket);
      if (end === 'resting') {
        this.statistics.strangers += 1;
        continue;
      }
      if (received[at + receivedWords.kind] !== receivedKind.datagram) {
        // Who has no ear for RTCP has one for sound all the same.
        if (end?.carries === 'rtp') end.transport.handleUnreachable(received[at + receivedWords.offset] ?? 0, received[at + receivedWords.length] ?? 0, now);
        continue;
      }
      const offset = received[at + receivedWords.offset] ?? 0;
      const length = received[at + receivedWords.length] ?? 0;
      if ((received[at + receivedWords.detail] ?? 0) > 0) this.patient += 1;
      readSource(received, at, source);
      const kind = packetKindOf(slab, offset, length);
      if (end !== undefined) {
        encrypted += this.sortTelephone(end, at, encrypted, now);
        continue;
      }
      if (kind === packetKind.stun) {
        this.serveStun(socket, slab.subarray(offset, offset + length), now);
        continue;
      }
      const transport = agents.agentAt(socket, source)?.owner;
      if (transport === undefined) this.statistics.strangers += 1;
      else if (!transport.owner.ingress.take(length, now)) continue;
      else if (kind === packetKind.dtls) this.serveDtls(transport, slab.subarray(offset, offset + length), now);
      else if (kind !== packetKind.unknown && transport.inbound >= 0) {
        this.describe(encrypted, transport, at, kind);
        encrypted += 1;
      }
    }
    return encrypted;
  }

  /** The same for what came to a port of a telephone's leg. @returns how many are to be decrypted, 0 or 1. */
  private sortTelephone({ transport, carries }: RtpEnd<RtpTransport<Leg>>, at: number, index: number, now: Instant): 0 | 1 {
    const { received, slab } = this.options.sockets;
    const offset = received[at + receivedWords.offset] ?? 0;
    const length = received[at + receivedWords.length] ?? 0;
    const kind = packetKindOf(slab, offset, length);
    if (kind === packetKind.stun && carries === 'rtp' && transport.admitsCheck(length, now)) {
      this.serveTelephoneCheck(transport, received[at + receivedWords.socket] ?? 0, slab.subarray(offset, offset + length), now);
      return 0;
    }
    if (!this.isOfTelephone(transport, carries, kind, length, now)) {
      this.statistics.strangers += 1;
      return 0;
    }
    if (!transport.owner.ingress.take(length, now)) return 0;
    if (kind === packetKind.dtls) {
      this.options.ticks.noteMedia(now);
      transport.handleDtls(slab.subarray(offset, offset + length), this.source, now);
    } else if (transport.inbound === unprotected) this.takeAuthentic(transport, kind === packetKind.rtcp, at, length, now);
    else if (transport.inbound >= 0) {
      this.describe(index, transport, at, kind);
      return 1;
    }
    return 0;
  }

  /** Whether a datagram is taken. SRTP proves its sender by itself, plain RTP by where it comes from. */
  private isOfTelephone(transport: RtpTransport<Leg>, carries: 'rtp' | 'rtcp', kind: PacketKind, length: number, now: Instant): boolean {
    const { source } = this;
    if (kind === packetKind.rtcp) return transport.admitsRtcp(source);
    if (carries === 'rtcp' || (kind !== packetKind.rtp && kind !== packetKind.dtls)) return false;
    this.admission = transport.admits(source, length, now);
    return this.admission !== 'drop';
  }

  private describe(index: number, transport: WebrtcTransport<Leg> | RtpTransport<Leg>, at: number, kind: PacketKind): void {
    const { words } = this;
    const { received } = this.options.sockets;
    const word = index * unprotectWords.stride;
    words[word + unprotectWords.context] = transport.inbound;
    words[word + unprotectWords.kind] = kind === packetKind.rtp ? srtpKind.rtp : srtpKind.rtcp;
    words[word + unprotectWords.offset] = received[at + receivedWords.offset] ?? 0;
    words[word + unprotectWords.length] = received[at + receivedWords.length] ?? 0;
    this.transports[index] = transport;
    this.receivedAt[index] = at;
  }

  private serveDtls(transport: WebrtcTransport<Leg>, bytes: Uint8Array, now: Instant): void {
    this.options.ticks.noteMedia(now);
    transport.handleDtls(bytes, now);
  }

  private serveStun(socket: number, bytes: Uint8Array, now: Instant): void {
    const { agents, sender } = this.options;
    const outcome = agents.handleMessage(socket, this.source, bytes, now);
    if (outcome === undefined) return;
    if (outcome.answer !== undefined) sender.addPlain({ socket, remote: transportAddress(this.source, this.source.port) }, outcome.answer);
    outcome.agent.owner.handleCheck(now);
  }

  private serveTelephoneCheck(transport: RtpTransport<Leg>, socket: number, bytes: Uint8Array, now: Instant): void {
    const { telephoneAgents, sender } = this.options;
    const outcome = telephoneAgents.handleMessage(socket, this.source, bytes, now);
    if (outcome?.agent.owner !== transport) return;
    if (outcome.answer !== undefined) sender.addPlain({ socket, remote: transportAddress(this.source, this.source.port) }, outcome.answer);
    transport.handleCheck();
  }

  private takePlain(index: number, now: Instant): void {
    const word = index * unprotectWords.stride;
    const length = this.words[word + unprotectWords.result] ?? 0;
    const transport = this.transports[index];
    if (length <= 0 || transport === undefined) {
      this.statistics.notAuthentic += 1;
      return;
    }
    this.takeAuthentic(transport, this.words[word + unprotectWords.kind] === srtpKind.rtcp, this.receivedAt[index] ?? 0, length, now);
  }

  /** Takes a plain packet of `length` bytes, of which the descriptor is at `at`. */
  private takeAuthentic(transport: WebrtcTransport<Leg> | RtpTransport<Leg>, isRtcp: boolean, at: number, length: number, now: Instant): void {
    const leg = transport.owner;
    if (transport.kind === 'webrtc') transport.handleAuthentic(now);
    if (transport !== leg.transport) return;
    const { slab, received } = this.options.sockets;
    const offset = received[at + receivedWords.offset] ?? 0;
    try {
      if (isRtcp) {
        if (transport.kind === 'rtp') this.noteRtcpSource(transport, at);
        const arrivedAt = addMilliseconds(now, -(received[at + receivedWords.detail] ?? 0) / 1000);
        this.options.onRtcp(leg, slab.subarray(offset, offset + length), arrivedAt, now);
      } else if (this.packet.read(slab, offset, length) !== rtpVerdict.accepted) this.statistics.malformed += 1;
      else if (transport.kind === 'webrtc' || this.isProven(transport, at, now)) this.takeRtp(leg, now);
    } catch (error) {
      this.options.onFault(leg, error);
    }
  }

  private noteRtcpSource(transport: RtpTransport<Leg>, at: number): void {
    const { received } = this.options.sockets;
    readSource(received, at, this.source);
    transport.handleRtcp(received[at + receivedWords.socket] ?? 0, this.source);
  }

  /** Whether RTP that was read is a telephone's: plain packets of who is not known yet have to mean something, and to go on. */
  private isProven(transport: RtpTransport<Leg>, at: number, now: Instant): boolean {
    const { packet, source } = this;
    if (transport.inbound !== unprotected) readSource(this.options.sockets.received, at, source);
    else if (this.admission === 'prove') {
      const isMeant = transport.owner.received.some((section) => section.uses(packet.payloadType));
      return isMeant && transport.prove(source, packet.ssrc, packet.sequenceNumber, now);
    }
    transport.handleRtp(source, packet.ssrc, now);
    return true;
  }

  private takeRtp(leg: Leg, now: Instant): void {
    const { packet, elements } = this;
    elements.locate(packet, leg.extensions);
    const transportNumber = elements.transportSequence();
    if (transportNumber >= 0) this.noteArrival(leg, transportNumber, now);
    const binding = leg.bindings.find(packet.ssrc) ?? this.bind(leg, now);
    if (binding === undefined) {
      this.statistics.unknownStreams += 1;
      return;
    }
    const { stream } = binding;
    const isRetransmission = binding.carries === 'retransmissions';
    if (isRetransmission && !this.restore(stream)) return;
    this.options.ticks.noteMedia(now);
    if (!stream.note(packet, isRetransmission, now) || packet.payloadLength === 0) return;
    if (stream.nacks.pollTimeout() !== undefined) this.noteMissing(leg, now);
    if (stream.section.kind === 'audio') this.noteCodec(leg, stream, now);
    if (!leg.maySend(stream.section.mediaStreamType)) return;
    const startsKeyFrame = stream.section.kind === 'video' && stream.section.inspect(packet, stream);
    if (startsKeyFrame) stream.settleKeyFrame();
    if (stream.section.kind === 'audio') this.listen(leg, now);
    stream.composing?.push(packet, now);
    stream.repacketized?.push(packet, now);
    stream.retransmissions?.put(packet, now);
    if (stream.subscribers.length > 0) this.hold(stream, startsKeyFrame);
  }

  private noteArrival(leg: Leg, transportNumber: number, now: Instant): void {
    if (!leg.arrivals.hasUnreported) leg.hurry();
    leg.arrivals.note(transportNumber, now);
  }

  private noteMissing(leg: Leg, now: Instant): void {
    leg.hurry();
    this.options.ticks.noteUrgency(now);
  }

  private bind(leg: Leg, now: Instant): StreamBinding | undefined {
    const binding = leg.bindings.bind(this.packet, this.elements, leg.received, now);
    if (binding?.carries !== 'media') return binding;
    binding.stream.noteSound(this.packet);
    this.options.onStream(binding.stream, now);
    return binding;
  }

  /** Makes of a retransmission what was lost. */
  private restore(stream: ReceivedStream): boolean {
    const original = stream.section.retransmittedBy(this.packet.payloadType);
    return original !== undefined && unwrapRetransmission(this.packet, stream.ssrc, original.payloadType);
  }

  /** Looks at what is no voice, or another one than before. Keys count of who is muted, too. */
  private noteCodec(leg: Leg, stream: ReceivedStream, now: Instant): void {
    const { packet } = this;
    stream.announcesSilence = false;
    if (stream.noteSound(packet)) return;
    const codec = stream.section.codecOf(packet.payloadType);
    if (codec === undefined) return;
    stream.announcesSilence = codec.name === 'CN';
    if (isMedia(codec)) {
      stream.payloadType = packet.payloadType;
      leg.conference.handleCodecChange(now);
    }
    const tone = codec.name === 'telephone-event' ? stream.noteEvent(packet, codec.clockRate) : undefined;
    if (tone !== undefined) leg.conference.handleDtmf(leg, tone, now);
  }

  private listen(leg: Leg, now: Instant): void {
    const { conference } = leg;
    const level = this.elements.audioLevel();
    if (level >= 0) conference.audio.noteLevel(leg, level, now);
    conference.mix.push(leg, this.packet, level, now);
  }

  /** Keeps a packet until the batch is forwarded. */
  private hold(stream: ReceivedStream, startsKeyFrame: boolean): void {
    const { packets } = this;
    const index = packets.add(this.packet, this.elements);
    if (index < 0) return;
    packets.write(index, packetWords.startsKeyFrame, startsKeyFrame ? 1 : 0);
    if (stream.section.isRedundant(this.packet.payloadType)) packets.write(index, packetWords.primaryOffset, primaryAudioOffset(this.packet.bytes, this.packet.payloadOffset, this.packet.payloadLength));
    if (stream.firstPending < 0) this.active.push(stream);
    stream.addPending(index, packets);
  }
}
