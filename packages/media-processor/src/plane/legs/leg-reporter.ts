import type { DirectionReport, LegReport } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Leg } from './leg.ts';

const intervalMs = 5_000;

interface Totals {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
}

const nothing: Totals = { packets: 0, bytes: 0, lost: 0 };

/** What the media path has seen of one leg, five seconds at a time; nothing while nothing flows. */
export class LegReporter {
  private readonly leg: Leg;
  private reportedAt: Instant;
  private received = nothing;
  private sent = nothing;

  constructor(leg: Leg, now: Instant) {
    this.leg = leg;
    this.reportedAt = now;
  }

  /** The next report, once it is due. */
  poll(now: Instant): LegReport | undefined {
    if (now - this.reportedAt < intervalMs) return undefined;
    this.reportedAt = now;
    const report = this.take();
    return report.received.packets + report.sent.packets === 0 ? undefined : report;
  }

  /** What there was since the last one. */
  take(): LegReport {
    const { leg } = this;
    const received = totalOf(leg.bindings.streams.map(({ statistics }) => ({ packets: statistics.received, bytes: statistics.bytes, lost: Math.max(0, statistics.lost) })));
    const sent = totalOf(leg.sent.map(({ numbers: { packets, octets }, lost }) => ({ packets, bytes: octets, lost })));
    const report: LegReport = {
      received: { ...since(received, this.received), jitterMs: Math.max(0, ...leg.bindings.streams.map(({ statistics }) => statistics.jitterMs)) },
      sent: { ...since(sent, this.sent), jitterMs: Math.max(0, ...leg.sent.map(({ jitterMs }) => jitterMs)) },
      roundTripMs: leg.roundTripMs,
      estimatedBps: leg.bandwidth === undefined ? undefined : Math.round(leg.bandwidth.estimateBps),
    };
    this.received = received;
    this.sent = sent;
    return report;
  }
}

function totalOf(parts: readonly Totals[]): Totals {
  return parts.reduce((sum, part) => ({ packets: sum.packets + part.packets, bytes: sum.bytes + part.bytes, lost: sum.lost + part.lost }), nothing);
}

/** Streams come and go: what has become less began anew. */
function since(now: Totals, before: Totals): Omit<DirectionReport, 'jitterMs'> {
  const step = (after: number, until: number): number => (after >= until ? after - until : after);
  return { packets: step(now.packets, before.packets), bytes: step(now.bytes, before.bytes), lost: step(now.lost, before.lost) };
}
