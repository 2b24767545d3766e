import type { FlowDetail } from '@dialplane/calling-api';
import type { DirectionReport, LegReport } from '@dialplane/media-api';

type MediaReport = Extract<FlowDetail, { kind: 'mediaReport' }>;

/** What the media path saw of a leg since it was opened. */
interface LegHistory {
  /** The participant's lane in the flow record. */
  readonly lane: string;
  readonly received: DirectionReport;
  readonly sent: DirectionReport;
  readonly newest: LegReport;
  readonly isLossy: boolean;
}

/** A leg loses packets from the first of these ratios on until it is below the second. */
const lossyFrom = 0.05;
const cleanBelow = 0.02;

/**
 * Makes of the many reports of a call's legs the few lines that belong in its flow record: when media began to flow, when packets
 * began and ceased to be lost, and what was carried when the leg was closed.
 */
export class LegReports {
  private readonly legs = new Map<string, LegHistory>();
  private readonly append: (time: string, lane: string, detail: MediaReport) => void;

  /** @param append writes a line for a participant's lane; `time` is ISO 8601. */
  constructor(append: (time: string, lane: string, detail: MediaReport) => void) {
    this.append = append;
  }

  note(time: string, lane: string, legId: string, report: LegReport): void {
    const before = this.legs.get(legId);
    const received = sum(before?.received, report.received);
    const sent = sum(before?.sent, report.sent);
    const loss = Math.max(lossOf(report.received), lossOf(report.sent));
    const wasLossy = before?.isLossy === true;
    const isLossy = wasLossy ? loss >= cleanBelow : loss >= lossyFrom;
    const history: LegHistory = { lane, received, sent, newest: report, isLossy };
    this.legs.set(legId, history);
    if (before === undefined) this.write(time, legId, history, 'the first report');
    else if (isLossy !== wasLossy) this.write(time, legId, history, isLossy ? `${Math.round(loss * 100)} % of the packets are lost` : 'hardly a packet is lost any more');
  }

  /** The leg is closed, or all of them are. */
  close(time: string, legId?: string): void {
    for (const [id, history] of this.legs) {
      if (legId !== undefined && id !== legId) continue;
      this.legs.delete(id);
      this.write(time, id, history, 'the connection was closed');
    }
  }

  private write(time: string, mediaSessionId: string, { lane, received, sent, newest: { roundTripMs, estimatedBps } }: LegHistory, why: string): void {
    this.append(time, lane, {
      kind: 'mediaReport', mediaSessionId, why, received, sent,
      ...(roundTripMs !== undefined && { roundTripMs }),
      ...(estimatedBps !== undefined && { estimatedBps: Math.round(estimatedBps) }),
    });
  }
}

/** Counts add up; jitter is the newest. */
function sum(before: DirectionReport | undefined, { packets, bytes, lost, jitterMs }: DirectionReport): DirectionReport {
  return { packets: (before?.packets ?? 0) + packets, bytes: (before?.bytes ?? 0) + bytes, lost: (before?.lost ?? 0) + lost, jitterMs };
}

function lossOf({ packets, lost }: DirectionReport): number {
  return lost <= 0 ? 0 : lost / (packets + lost);
}
