import { receivedKind, receivedWords, type Srtp, srtpKind, type UdpSockets, unprotectWords } from '@dialplane/kernels';
import type { AgentTable } from '@dialplane/ice';
import { ExtensionElements, packetKind, packetKindOf, RtpPacket, rtpVerdict, unwrapRetransmission } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import { type TransportAddress, transportAddress } from '@dialplane/stun';
import type { Leg } from './leg.ts';
import type { LegTransport } from './leg-transport.ts';
import type { PacketSender } from './packet-sender.ts';
import { ReceivedPackets } from './received-packets.ts';
import type { ReceivedStream } from './received-stream.ts';
import type { StreamBinding } from './stream-bindings.ts';
import type { TickPolicy } from './tick-policy.ts';

/** As many as the socket kernel brings at once. */
const capacity = 1024;

/** A transport address that is overwritten for every packet; whoever keeps one takes a copy. */
type MutableAddress = { -readonly [Key in keyof TransportAddress]: TransportAddress[Key] };

export interface PacketReceiverOptions {
  readonly sockets: UdpSockets;
  readonly srtp: Srtp;
  readonly sender: PacketSender;
  readonly agents: AgentTable<LegTransport<Leg>>;
  readonly ticks: TickPolicy;
  /** RTCP of a leg, decrypted. */
  readonly onRtcp: (leg: Leg, bytes: Uint8Array, now: Instant) => void;
  /** A stream was heard for the first time. */
  readonly onStream: (stream: ReceivedStream, now: Instant) => void;
  /** Something of ours failed over a packet: costs the leg. */
  readonly onFault: (leg: Leg, error: unknown) => void;
}

/** What arrived and was of no use, since the start. */
export interface ReceiverStatistics {
  /** From addresses that no check came from. */
  strangers: number;
  /** SRTP that was altered, forged or repeated. */
  notAuthentic: number;
  malformed: number;
  /** Of SSRCs that nothing says the meaning of. */
  unknownStreams: number;
}

/**
 * The way of packets in, a batch at a time: told apart (RFC 7983), given to the leg whose address they come from, decrypted together, and then to the streams they are
 * of, from where they are forwarded. Nothing is allocated for a packet of media.
 */
export class PacketReceiver {
  readonly statistics: ReceiverStatistics = { strangers: 0, notAuthentic: 0, malformed: 0, unknownStreams: 0 };
  private readonly options: PacketReceiverOptions;
  private readonly words = new Int32Array(capacity * unprotectWords.stride);
  private readonly transports: Array<LegTransport<Leg> | undefined> = Array.from({ length: capacity });
  private readonly source: MutableAddress = { family: 4, w0: 0, w1: 0, w2: 0, w3: 0, port: 0 };
  private readonly packet = new RtpPacket();
  private readonly elements = new ExtensionElements();
  private readonly packets = new ReceivedPackets();
  /** Streams with packets in the batch. */
  private readonly active: ReceivedStream[] = [];

  constructor(options: PacketReceiverOptions) {
    this.options = options;
  }

  /** Serves the first `count` descriptors that the kernel has filled. */
  serveBatch(count: number, now: Instant): void {
    const encrypted = this.sort(count, now);
    this.options.srtp.unprotect(this.options.sockets.slab, this.words, encrypted);
    for (let index = 0; index < encrypted; index += 1) this.takePlain(index, now);
    this.transports.fill(undefined, 0, encrypted);
    for (const stream of this.active) this.forward(stream, now);
    this.active.length = 0;
    this.packets.clear();
  }

  private forward(stream: ReceivedStream, now: Instant): void {
    for (const subscriber of stream.subscribers) {
      try {
        subscriber.forward(stream, this.packets, now);
      } catch (error) {
        this.options.onFault(subscriber.leg, error);
      }
    }
    stream.clearPending();
  }

  /** Serves what is not SRTP, and describes the rest for decryption. @returns how many. */
  private sort(count: number, now: Instant): number {
    const { sockets, agents } = this.options;
    const { received, slab } = sockets;
    const { words, source } = this;
    let encrypted = 0;
    for (let at = 0, end = count * receivedWords.stride; at < end; at += receivedWords.stride) {
      if (received[at + receivedWords.kind] !== receivedKind.datagram) continue;
      const socket = received[at + receivedWords.socket] ?? 0;
      const offset = received[at + receivedWords.offset] ?? 0;
      const length = received[at + receivedWords.length] ?? 0;
      this.readSource(at);
      const kind = packetKindOf(slab, offset, length);
      if (kind === packetKind.stun) {
        this.serveStun(socket, slab.subarray(offset, offset + length), now);
        continue;
      }
      const transport = agents.agentAt(socket, source)?.owner;
      if (transport === undefined) this.statistics.strangers += 1;
      else if (!transport.owner.ingress.take(length, now)) continue;
      else if (kind === packetKind.dtls) this.serveDtls(transport, slab.subarray(offset, offset + length), now);
      else if (kind !== packetKind.unknown && transport.inbound >= 0) {
        const word = encrypted * unprotectWords.stride;
        words[word + unprotectWords.context] = transport.inbound;
        words[word + unprotectWords.kind] = kind === packetKind.rtp ? srtpKind.rtp : srtpKind.rtcp;
        words[word + unprotectWords.offset] = offset;
        words[word + unprotectWords.length] = length;
        this.transports[encrypted] = transport;
        encrypted += 1;
      }
    }
    return encrypted;
  }

  private serveDtls(transport: LegTransport<Leg>, bytes: Uint8Array, now: Instant): void {
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

  private takePlain(index: number, now: Instant): void {
    const word = index * unprotectWords.stride;
    const length = this.words[word + unprotectWords.result] ?? 0;
    const transport = this.transports[index];
    if (length <= 0 || transport === undefined) {
      this.statistics.notAuthentic += 1;
      return;
    }
    const leg = transport.owner;
    transport.handleAuthentic(now);
    if (transport !== leg.transport) return;
    const { slab } = this.options.sockets;
    const offset = this.words[word + unprotectWords.offset] ?? 0;
    try {
      if (this.words[word + unprotectWords.kind] === srtpKind.rtcp) this.options.onRtcp(leg, slab.subarray(offset, offset + length), now);
      else if (this.packet.read(slab, offset, length) === rtpVerdict.accepted) this.takeRtp(leg, now);
      else this.statistics.malformed += 1;
    } catch (error) {
      this.options.onFault(leg, error);
    }
  }

  private takeRtp(leg: Leg, now: Instant): void {
    const { packet, elements } = this;
    elements.locate(packet, leg.extensions);
    const transportNumber = elements.transportSequence();
    if (transportNumber >= 0) leg.arrivals.note(transportNumber, now);
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
    if (stream.nacks.pollTimeout() !== undefined) this.options.ticks.noteUrgency(now);
    if (stream.section.kind === 'audio') this.noteEvent(leg, stream);
    if (!leg.maySend(stream.section.kind)) return;
    const startsKeyFrame = stream.section.kind === 'video' && stream.section.inspect(packet, stream);
    if (startsKeyFrame) stream.settleKeyFrame();
    if (stream.section.kind === 'audio') this.listen(leg, now);
    stream.composing?.push(packet, now);
    stream.retransmissions?.put(packet, now);
    if (stream.subscribers.length > 0) this.hold(stream, startsKeyFrame);
  }

  private bind(leg: Leg, now: Instant): StreamBinding | undefined {
    const binding = leg.bindings.bind(this.packet, this.elements, leg.received, now);
    if (binding?.carries === 'media') this.options.onStream(binding.stream, now);
    return binding;
  }

  /** Makes of a retransmission what was lost. */
  private restore(stream: ReceivedStream): boolean {
    const original = stream.section.retransmittedBy(this.packet.payloadType);
    return original !== undefined && unwrapRetransmission(this.packet, stream.ssrc, original.payloadType);
  }

  /** Keys count of who is muted, too. */
  private noteEvent(leg: Leg, stream: ReceivedStream): void {
    const codec = stream.section.codecOf(this.packet.payloadType);
    if (codec?.name !== 'telephone-event') return;
    const tone = stream.noteEvent(this.packet, codec.clockRate);
    if (tone !== undefined) leg.conference.handleDtmf(leg, tone);
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
    packets.startsKeyFrame[index] = startsKeyFrame ? 1 : 0;
    if (stream.firstPending < 0) this.active.push(stream);
    stream.addPending(index, packets);
  }

  private readSource(at: number): void {
    const { source } = this;
    const { received } = this.options.sockets;
    source.family = received[at + receivedWords.family] === 6 ? 6 : 4;
    source.port = received[at + receivedWords.port] ?? 0;
    source.w0 = received[at + receivedWords.w0] ?? 0;
    source.w1 = received[at + receivedWords.w1] ?? 0;
    source.w2 = received[at + receivedWords.w2] ?? 0;
    source.w3 = received[at + receivedWords.w3] ?? 0;
  }
}
