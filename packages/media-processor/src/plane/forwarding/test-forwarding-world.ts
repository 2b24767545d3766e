import assert from 'node:assert/strict';
import { BandwidthEstimator } from '@dialplane/conference';
import { AgentTable } from '@dialplane/ice';
import { createUdpSockets, nodeCrypto, outgoingWords, type Srtp, type SrtpMasterKey, srtpKind, type UdpSockets, unprotectWords } from '@dialplane/kernels';
import { ExtensionElements, HeaderExtensionMap, RetransmissionStore, RtcpWriter, RtpPacket, rtpVerdict } from '@dialplane/rtp';
import { type Instant, seededRandomness } from '@dialplane/sansio';
import type { SectionCodec, SectionSettings } from '../../process-api/leg-settings.ts';
import { Conference } from '../conference.ts';
import { Leg, type LegParts } from '../legs/leg.ts';
import { FeedbackReader } from '../packets/feedback-reader.ts';
import { PacketSender } from '../packets/packet-sender.ts';
import { packetWords, ReceivedPackets } from '../packets/received-packets.ts';
import { ComposedStream } from '../pictures/composed-stream.ts';
import { Composing } from '../pictures/composing.ts';
import { Mixing } from '../sound/mixing.ts';
import { RepacketizingParts } from '../sound/repacketized-stream.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import type { SourceStream } from '../streams/source-stream.ts';
import { StreamWriters } from '../streams/stream-writers.ts';
import type { openTestKernels } from '../test-media-client.ts';
import { LegTurns } from '../ticks/leg-turns.ts';
import { TickPolicy } from '../ticks/tick-policy.ts';
import { RtpPorts } from '../transports/rtp-ports.ts';
import type { RtpTransport } from '../transports/rtp-transport.ts';
import { FanOut } from './fan-out.ts';
import { ForwardingTables } from './forwarding-tables.ts';
import { Receivers } from './receivers.ts';

/** Who receives: a section, and the line to it. */
export interface TestReceiver {
  readonly section: SectionSettings;
  readonly keys: SrtpMasterKey;
  readonly startBps: number;
  /** Where its packets go on the loopback interface; without one they are to be read by {@link ForwardingWorld.sent}. */
  readonly port?: number;
}

/** A packet of a source. */
export interface TestPacket {
  /** A whole RTP packet. */
  readonly bytes: Uint8Array;
  readonly startsKeyFrame: boolean;
}

type Kernels = ReturnType<typeof openTestKernels>;

/** Streams that are sent to receivers, as far as the datagrams that would leave: real legs over real keys and the descriptors of real sockets, without a network. */
export class ForwardingWorld {
  readonly legs: readonly Leg[];
  /** Two of them. */
  readonly sources: ReadonlyArray<SourceStream & { firstPending: number }>;
  readonly fanOut: FanOut;
  private readonly sockets: UdpSockets;
  private readonly srtp: Srtp;
  private readonly sender: PacketSender;
  private readonly tables = new ForwardingTables();
  private readonly turns = new LegTurns<Leg>();
  private readonly feedback = new FeedbackReader((now) => now);
  private readonly packets = new ReceivedPackets();
  private readonly inbound: readonly number[];
  /** Where the next packet goes in the slab: payloads are read when what was added is sent. */
  private arrived = 0;

  /** @param index Which of two worlds it is, whose receivers have each their own ports. */
  constructor(index: number, kernels: Kernels, receivers: readonly TestReceiver[], codecs: readonly SectionCodec[], now: Instant) {
    this.sockets = createUdpSockets({ implementation: 'native', onBatch: () => 0 });
    this.srtp = kernels.srtp;
    this.sender = new PacketSender(this.sockets, this.srtp);
    const fail = (_: unknown, error: unknown): never => assert.fail(String(error));
    this.fanOut = new FanOut(this.sender, this.tables, fail);
    this.legs = this.openLegs(index, kernels, receivers, now);
    this.inbound = receivers.map(({ keys }) => this.srtp.openInbound(keys));
    this.sources = [makeSource(1, codecs), makeSource(2, codecs)];
  }

  /** What is sent to one of the receivers. */
  stream(index: number): SentStream {
    const stream = this.legs[index]?.sent[0];
    assert.ok(stream !== undefined);
    return stream;
  }

  /** A composed picture that can be sent to them as well. */
  composedStream(): ComposedStream {
    return new ComposedStream(this.sender, this.fanOut, () => undefined);
  }

  /** Has a batch arrive. @param by Who sends it on: the kernel what it can, or each stream by itself. */
  forward(which: number, batch: readonly TestPacket[], by: 'kernel' | 'streams', now: Instant): void {
    const source = this.sources[which] ?? assert.fail();
    const elements = new ExtensionElements();
    const packet = new RtpPacket();
    const levels = new HeaderExtensionMap([{ mid: 0, rid: 0, repairedRid: 0, audioLevel: 1, absoluteSendTime: 0, transportSequence: 0 }]);
    this.packets.clear();
    for (const { bytes, startsKeyFrame } of batch) {
      this.sockets.slab.set(bytes, this.arrived);
      assert.equal(packet.read(this.sockets.slab, this.arrived, bytes.length), rtpVerdict.accepted);
      elements.locate(packet, levels);
      source.retransmissions?.put(packet, now);
      const index = this.packets.add(packet, elements);
      this.packets.write(index, packetWords.startsKeyFrame, startsKeyFrame ? 1 : 0);
      if (index > 0) this.packets.write(index - 1, packetWords.next, index);
      this.arrived += bytes.length;
    }
    source.firstPending = 0;
    if (by === 'kernel') this.fanOut.forward(source, this.packets, now);
    else for (const stream of source.subscribers.slice()) stream.forward(source, this.packets, 0, now);
    source.firstPending = -1;
  }

  /** A receiver asks for packets again, by the numbers it got. */
  askAgain(index: number, numbers: readonly number[], now: Instant): void {
    const leg = this.legs[index];
    assert.ok(leg !== undefined);
    const room = new Uint8Array(1500);
    const { length } = new RtcpWriter().begin(room, 0).receiverReport(1, []).nack(1, this.stream(index).ssrc, numbers);
    this.feedback.handle(leg, room.subarray(0, length), now, now);
  }

  /** What has left since it was last asked: for each receiver the plain packets, in order. */
  sent(): readonly (readonly string[])[] {
    const { outgoing, slab } = this.sockets;
    const lists = this.legs.map((): string[] => []);
    const words = new Int32Array(unprotectWords.stride);
    this.arrived = 0;
    for (let count = this.sender.take(), at = 0; count > 0; count -= 1, at += outgoingWords.stride) {
      const index = (outgoing[at + outgoingWords.port] ?? 0) - 1;
      const [offset = 0, length = 0] = outgoing.subarray(at + outgoingWords.offset, at + outgoingWords.length + 1);
      words.set([this.inbound[index] ?? -1, srtpKind.rtp, offset, length]);
      this.srtp.unprotect(slab, words, 1);
      const plain = words[unprotectWords.result] ?? 0;
      lists[index]?.push(plain < 0 ? `failure ${plain}` : Buffer.from(slab.subarray(offset, offset + plain)).toString('hex'));
    }
    return lists;
  }

  close(now: Instant): void {
    for (const leg of this.legs) leg.end(now);
    for (const context of this.inbound) this.srtp.close(context);
    this.sockets.destroy();
  }

  private openLegs(world: number, { srtp, dtls, certificate, privateKey }: Kernels, receivers: readonly TestReceiver[], now: Instant): readonly Leg[] {
    const { sockets, sender, tables } = this;
    const quiet = (): void => undefined;
    const clock = (): Instant => now;
    const conference = new Conference('c', { audio: 'forwarded', video: 'forwarded' }, {
      tell: quiet, mixing: new Mixing(sender, clock, quiet), composing: new Composing(sender, this.fanOut, clock, quiet), repacketizing: new RepacketizingParts(sender, this.fanOut), unrouted: new Set(),
      turns: this.turns, isOverTcp: () => false,
    });
    const randomness = seededRandomness(7);
    const random = (): number => randomness.nextUint32();
    const shared = { srtp, sender, tables, identity: dtls.exports.openIdentity(certificate, privateKey), log: quiet };
    const ports = new RtpPorts<RtpTransport<Leg>>(sockets, { first: 42_000, last: 48_000, index: world, of: 2 }, random);
    const parts: LegParts = {
      transports: { ...shared, agents: new AgentTable({ crypto: nodeCrypto, seed: 1 }), onState: quiet },
      telephones: { ...shared, agents: new AgentTable({ crypto: nodeCrypto, seed: 2 }), ports, onState: (transport, at) => void transport.owner.handleTransport(transport, at) },
      writers: new StreamWriters(sender, new TickPolicy(), tables),
      turns: this.turns,
      random,
    };
    return receivers.map(({ section, keys, startBps, port }, index) => {
      const leg = new Leg(conference, { legId: `${index}`, identifier: `4:${index}`, isMuted: false, telephone: { dtmf: 'rfc4733', address: '127.0.0.1' } }, parts, now);
      assert.equal(typeof leg.openPorts('127.0.0.1', now), 'number');
      // Keys of a description, and all else as a client has it: its port says which receiver it is.
      leg.update({ kind: 'rtp', remote: { address: '127.0.0.1', port: port ?? index + 1 }, remoteRtcp: 'muxed', security: { kind: 'sdes', inbound: keys, outbound: keys } }, [section], now);
      assert.ok(leg.transport !== undefined);
      leg.bandwidth = new BandwidthEstimator({ startBps });
      leg.transport.line.transportNumber = leg.bandwidth.nextNumber;
      leg.followEstimate();
      return leg;
    });
  }
}

function makeSource(ssrc: number, codecs: readonly SectionCodec[]): SourceStream & { firstPending: number } {
  return {
    ssrc,
    section: { codecs, retransmittedBy: () => undefined },
    retransmissions: new RetransmissionStore({ keepMs: 1000, leastBytes: 64 * 1024, mostBytes: 1024 * 1024 }),
    subscribers: [],
    receivers: new Receivers(),
    firstPending: -1,
    needKeyFrame: () => undefined,
    timestampAt: () => undefined,
  };
}
