import { forwardingCall, reportWords } from '@dialplane/kernels';
import type { Instant } from '@dialplane/sansio';
import { type Leg, packetOverhead } from '../legs/leg.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import type { ReceivedPackets } from '../packets/received-packets.ts';
import { absoluteSendTime } from '../streams/sent-extensions.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import type { SourceStream } from '../streams/source-stream.ts';
import type { ForwardingTables } from './forwarding-tables.ts';
import { PacketRun } from './packet-run.ts';

/**
 * Sends the packets of a stream on to everybody who receives it. What is simply the next packet of a receiver, which nearly all are, is the kernel's, by the numbers that sent streams have
 * lent it; of the rest it says where it begins, and the sent stream goes on from there.
 */
export class FanOut {
  private readonly sender: PacketSender;
  private readonly tables: ForwardingTables;
  private readonly onFault: (leg: Leg, error: unknown) => void;
  private readonly call = new Int32Array(forwardingCall.stride);
  private readonly callDoubles = new Float64Array(this.call.buffer);
  private reports = new Int32Array(64 * reportWords.stride);
  private readonly run = new PacketRun();

  /** @param onFault Something of ours failed over a packet: costs the leg. */
  constructor(sender: PacketSender, tables: ForwardingTables, onFault: (leg: Leg, error: unknown) => void) {
    this.sender = sender;
    this.tables = tables;
    this.onFault = onFault;
    this.call[forwardingCall.packetOverhead] = packetOverhead;
  }

  /** Sends what of a stream is in the batch. */
  forward(source: SourceStream, packets: ReceivedPackets, now: Instant): void {
    if (source.firstPending < 0) return;
    if (source.receivers.count > 0) this.forwardAlike(source, packets, now);
    if (source.subscribers.length === source.receivers.count) return;
    for (const subscriber of source.subscribers.slice()) if (subscriber.currentSource !== source) this.forwardTo(subscriber, source, packets, source.firstPending, now);
  }

  private forwardAlike(source: SourceStream, packets: ReceivedPackets, now: Instant): void {
    const { call, callDoubles, sender, tables: { lines, streams } } = this;
    const { places } = source.receivers;
    if (this.reports.length <= places.length * reportWords.stride) this.reports = new Int32Array(2 * (places.length + 1) * reportWords.stride);
    call[forwardingCall.source] = source.receivers.source;
    call[forwardingCall.first] = call[forwardingCall.packet] = source.firstPending;
    callDoubles[forwardingCall.now / 2] = now;
    call[forwardingCall.absoluteSendTime] = absoluteSendTime(now);
    call[forwardingCall.receivers] = places.length;
    call[forwardingCall.receiver] = 0;
    this.run.forget();
    for (let isDone = false; !isDone; ) {
      call[forwardingCall.reports] = 0;
      // Lines and streams may come and go in between, and with them their tables.
      isDone = sender.forward({ packets: packets.words, streams: streams.words, lines: lines.words, receivers: places, reports: this.reports, call });
      this.takeReports(source, packets, now);
      if (!isDone) sender.flush();
    }
  }

  /** First what the kernel has sent is noted, then the rest is sent: transport numbers are taken in this order. */
  private takeReports(source: SourceStream, packets: ReceivedPackets, now: Instant): void {
    const { reports, tables } = this;
    const end = (this.call[forwardingCall.reports] ?? 0) * reportWords.stride;
    for (let at = 0; at < end; at += reportWords.stride) {
      const leg = tables.ownerOf(reports[at + reportWords.stream] ?? -1)?.leg;
      const count = leg === undefined ? 0 : this.run.measure(packets, reports[at + reportWords.first] ?? -1, reports[at + reportWords.until] ?? -1);
      leg?.noteForwarded(this.run.sizes, count, now);
    }
    for (let at = 0; at < end; at += reportWords.stride) {
      const stream = reports[at + reportWords.handedOver] === 0 ? undefined : tables.ownerOf(reports[at + reportWords.stream] ?? -1);
      if (stream?.currentSource === source) this.forwardTo(stream, source, packets, reports[at + reportWords.until] ?? -1, now);
    }
  }

  private forwardTo(stream: SentStream, source: SourceStream, packets: ReceivedPackets, first: number, now: Instant): void {
    try {
      stream.forward(source, packets, first, now);
    } catch (error) {
      this.onFault(stream.leg, error);
    }
  }
}
