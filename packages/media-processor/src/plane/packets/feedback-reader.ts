import { parseRtcp, type ReportBlock, RtpPacket, type RtcpPacket, type SenderInformation, unixMillisecondsOf } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { Leg } from '../legs/leg.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import { readStored } from '../streams/stored-packet.ts';

/** Packets that one request may name: as many as a key frame has. */
const mostRepeated = 64;

/** What clients say of what they got and how their streams run (RFC 3550 §6.4, RFC 4585, RFC 5104). */
export class FeedbackReader {
  malformed = 0;
  private readonly packet = new RtpPacket();
  private readonly wallClock: (now: Instant) => number;

  /** @param wallClock milliseconds of the Unix epoch. */
  constructor(wallClock: (now: Instant) => number) {
    this.wallClock = wallClock;
  }

  /** Takes one datagram of RTCP, which came a little earlier than now: the times of the sender and of the path are of then. */
  handle(leg: Leg, bytes: Uint8Array, arrivedAt: Instant, now: Instant): void {
    if (!leg.feedback.take(bytes.length, now)) return;
    const parsed = parseRtcp(bytes);
    if (!parsed.ok) this.malformed += 1;
    else for (const packet of parsed.packets) this.take(leg, packet, arrivedAt, now);
    leg.followEstimate();
  }

  private take(leg: Leg, packet: RtcpPacket, arrivedAt: Instant, now: Instant): void {
    switch (packet.kind) {
      case 'senderReport':
        this.takeSender(leg, packet.sender, arrivedAt);
        return this.takeBlocks(leg, packet.blocks, arrivedAt, now);
      case 'receiverReport':
        return this.takeBlocks(leg, packet.blocks, arrivedAt, now);
      case 'nack':
        return this.repeat(leg, packet.mediaSsrc, packet.sequenceNumbers, now);
      case 'pictureLossIndication':
        return streamOf(leg, packet.mediaSsrc)?.handleKeyFrameRequest();
      case 'fullIntraRequest':
        for (const { ssrc } of packet.requests) streamOf(leg, ssrc)?.handleKeyFrameRequest();
        return;
      case 'transportWideFeedback':
        return leg.bandwidth?.handleFeedback(packet, now, arrivedAt);
      case 'maximumBitrate':
        return leg.bandwidth?.handleMaximumBitrate(packet.bitrateBps);
      default:
    }
  }

  private takeSender(leg: Leg, sender: SenderInformation, arrivedAt: Instant): void {
    const stream = leg.bindings.find(sender.ssrc)?.stream;
    if (stream?.ssrc !== sender.ssrc) return;
    const senderMs = unixMillisecondsOf(sender.ntpSeconds, sender.ntpFraction);
    stream.statistics.noteSenderReport(sender.ntpSeconds, sender.ntpFraction, arrivedAt);
    stream.clock.note(senderMs, sender.rtpTimestamp);
    leg.senderClock.note(senderMs, this.wallClock(arrivedAt));
  }

  /** RFC 3550 §6.4.1: our report's time came back after a while; the rest is the path's. */
  private takeBlocks(leg: Leg, blocks: readonly ReportBlock[], arrivedAt: Instant, now: Instant): void {
    for (const { ssrc, fractionLost, lastSenderReport, delaySinceLastSenderReport, cumulativeLost, jitter, extendedHighestSequenceNumber } of blocks) {
      const stream = streamOf(leg, ssrc);
      if (stream === undefined) continue;
      stream.lost = Math.max(0, cumulativeLost);
      stream.delivery.note(extendedHighestSequenceNumber, stream.numbers.packets, now);
      stream.jitterMs = (jitter * 1000) / stream.clockRate;
      // What is mixed for a lossy line is encoded otherwise.
      if (stream.kind === 'audio' && stream.loss.note(fractionLost / 256, now)) leg.conference.route(now);
      if (lastSenderReport === 0) continue;
      const elapsed = (middleOfNtp(this.wallClock(arrivedAt)) - lastSenderReport - delaySinceLastSenderReport) | 0;
      const roundTripMs = elapsed / 65.536;
      if (roundTripMs >= 0 && roundTripMs < 10_000) leg.roundTripMs = leg.roundTripMs === undefined ? roundTripMs : leg.roundTripMs + (roundTripMs - leg.roundTripMs) / 4;
    }
  }

  /** RFC 4585 §6.2.1, from what the source's store still has. */
  private repeat(leg: Leg, ssrc: number, numbers: readonly number[], now: Instant): void {
    const stream = streamOf(leg, ssrc);
    const source = stream?.currentSource;
    if (stream === undefined || typeof source !== 'object') return;
    const { packet } = this;
    for (const number of numbers.slice(0, mostRepeated)) {
      const received = stream.takeSent(number, now, leg.roundTripMs ?? 0);
      if (received < 0 || !readStored(source, received, packet)) continue;
      if (leg.retransmissions.take(packet.length, now) && stream.retransmit(packet, number, now)) stream.repeated += 1;
    }
  }
}

function streamOf(leg: Leg, ssrc: number): SentStream | undefined {
  return leg.sent.find((stream) => stream.ssrc === ssrc);
}

/** The middle 32 bits of an NTP time: seconds and fraction, 16 bits each. */
function middleOfNtp(unixMs: number): number {
  return Math.round((unixMs % 65_536_000) * 65.536) + ntpEpochMiddle;
}

/** Of the Unix epoch (RFC 3550 §4): its low 16 bits of seconds. */
const ntpEpochMiddle = (2_208_988_800 % 65_536) * 65_536;
