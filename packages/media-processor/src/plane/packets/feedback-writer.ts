import { ntpTimeOf, type ReportBlock, RtcpWriter, type SenderInformation } from '@dialplane/rtp';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { Leg } from '../legs/leg.ts';
import { noContext } from '../transports/leg-transport.ts';
import type { PacketSender } from './packet-sender.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import type { SentStream } from '../streams/sent-stream.ts';

/** How often a client is told what arrived, which is what it estimates its path by. */
const feedbackMs = 50;
const reportMs = 1_000;
/** The least of RFC 3550 §6.2, which carriers expect; the first report comes sooner. */
const telephoneReportMs = 5_000;
/** Room for one datagram of RTCP. */
const mostBytes = 1_200;
/** RFC 3550 §6.4.1: five bits of count. */
const mostBlocks = 31;
const assumedRoundTripMs = 100;

/** What clients are told of what they send, asked for again, and told of what they get (RFC 3550 §6.4, RFC 4585). */
export class FeedbackWriter {
  private readonly sender: PacketSender;
  private readonly writer = new RtcpWriter();
  private readonly cname: string;
  private readonly wallClock: (now: Instant) => number;

  constructor(sender: PacketSender, cname: string, wallClock: (now: Instant) => number) {
    this.sender = sender;
    this.cname = cname;
    this.wallClock = wallClock;
  }

  /** What cannot wait of a leg: to be called with every tick while it is in a hurry. */
  handleUrgent(leg: Leg, now: Instant): void {
    if (leg.transport?.rtcpRoute === undefined) return;
    const { streams } = leg.bindings;
    if (leg.arrivals.hasUnreported && now - leg.feedbackAt >= feedbackMs) this.tellArrivals(leg, streams, now);
    for (const stream of streams) this.askAgain(leg, stream, now);
  }

  /** What the streams are like, once a second: to be called in its turn. */
  handleTimeout(leg: Leg, now: Instant): void {
    if (now >= leg.reportDueAt && leg.transport?.rtcpRoute !== undefined) this.report(leg, leg.bindings.streams, now);
  }

  private tellArrivals(leg: Leg, streams: readonly ReceivedStream[], now: Instant): void {
    leg.feedbackAt = now;
    while (leg.arrivals.hasUnreported) {
      this.begin(leg).transportWideFeedback(leg.reporterSsrc, streams[0]?.ssrc ?? 0, (bytes, at) => leg.arrivals.writeFeedback(bytes, at));
      this.send(leg);
    }
  }

  private askAgain(leg: Leg, stream: ReceivedStream, now: Instant): void {
    const due = stream.nacks.pollTimeout();
    const missing = due === undefined || due > now ? [] : stream.nacks.take(now, leg.roundTripMs ?? assumedRoundTripMs);
    const needsKeyFrame = stream.isSeen && stream.takeKeyFrameRequest(now);
    if (missing.length === 0 && !needsKeyFrame) return;
    const writer = this.begin(leg);
    if (missing.length > 0) writer.nack(leg.reporterSsrc, stream.ssrc, missing);
    if (needsKeyFrame) writer.pictureLossIndication(leg.reporterSsrc, stream.ssrc);
    this.send(leg);
  }

  private report(leg: Leg, streams: readonly ReceivedStream[], now: Instant): void {
    leg.reportDueAt = addMilliseconds(now, reportMs);
    const unixMs = this.wallClock(now);
    const sent = leg.sent.filter(({ numbers }) => now - numbers.sentAt < 2 * reportMs);
    const blocks = streams.filter(({ heardAt }) => now - heardAt < 2 * reportMs).map((stream) => stream.statistics.report(stream.ssrc, now)).slice(0, mostBlocks);
    if (sent.length === 0 && blocks.length === 0) return;
    if (leg.telephone !== undefined) leg.reportDueAt = addMilliseconds(now, telephoneReportMs);
    if (sent.length === 0) this.open().receiverReport(leg.reporterSsrc, blocks).canonicalName(leg.reporterSsrc, this.cname);
    else this.open();
    let left: readonly ReportBlock[] = blocks;
    for (const stream of sent) {
      if (this.writer.length > mostBytes - 28 - 24 * left.length - 10 - this.cname.length) {
        this.send(leg);
        this.open();
      }
      this.writer.senderReport(this.senderInformation(stream, unixMs, now), left).canonicalName(stream.ssrc, this.cname);
      left = [];
    }
    this.send(leg);
  }

  private senderInformation(stream: SentStream, unixMs: number, now: Instant): SenderInformation {
    return { ssrc: stream.ssrc, ...ntpTimeOf(unixMs), rtpTimestamp: stream.timestampAt(unixMs, now), packetCount: stream.numbers.packets >>> 0, octetCount: stream.numbers.octets >>> 0 };
  }

  private open(): RtcpWriter {
    return this.writer.begin(this.sender.slab, this.sender.begin(mostBytes));
  }

  /** A compound packet begins with a report, which may be empty (RFC 3550 §6.1). */
  private begin(leg: Leg): RtcpWriter {
    return this.open().receiverReport(leg.reporterSsrc, []);
  }

  private send({ transport }: Leg): void {
    if (transport?.rtcpRoute !== undefined && transport.outbound !== noContext) this.sender.addRtcp(transport.outbound, transport.rtcpRoute, this.writer.length);
  }
}
