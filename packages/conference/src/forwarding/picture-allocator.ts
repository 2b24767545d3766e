import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { OperatingPoint } from './operating-points.ts';

/** Who comes first when not everything fits. Within a rank pictures are raised together. */
export const pictureRank = { screen: 0, prominent: 1, other: 2 } as const;

export type PictureRank = (typeof pictureRank)[keyof typeof pictureRank];

/** A picture that a receiver wants to see. */
export interface PictureDemand {
  /** Section of the receiver, as a name for its past. */
  readonly mid: string;
  readonly rank: PictureRank;
  /** Cheapest first; empty where nothing comes in. */
  readonly points: readonly OperatingPoint[];
}

/** What one section gets. */
export interface PictureShare {
  readonly mid: string;
  /** `undefined`: nothing for now. */
  readonly point: OperatingPoint | undefined;
}

/** Measured bitrates swing: what is sent already may stay while it fits into that much more, and more is sent when it fits into that much less. */
const keepPart = 0.95;
const raisePart = 1.15;
/** After a reduction nothing is raised for a while; longer where the raise before it had not lasted. */
const leastCalmMs = 3000;
const mostCalmMs = 30_000;
/** A raise that is taken back sooner was one too many. */
const lastingMs = 10_000;

/**
 * Divides what one line takes among the pictures that its client wants: the lowest point for as many as possible in the order of their rank, then better ones, rank by
 * rank. Does not swing: raising takes more room than keeping, and time after a reduction.
 */
export class PictureAllocator {
  /** What all demands would cost at their best: how far it is worth to look for room. */
  wantedBps = 0;
  private sent = new Map<string, OperatingPoint>();
  private calmUntil: Instant | undefined;
  private calmMs = leastCalmMs;
  private raisedAt: Instant | undefined;

  /** Divides `budgetBps`; one share per demand, in the order of the demands. */
  allocate(budgetBps: number, demands: readonly PictureDemand[], now: Instant): readonly PictureShare[] {
    this.wantedBps = demands.reduce((sum, { points }) => sum + (points.at(-1)?.bitrateBps ?? 0) * raisePart, 0);
    const chosen = new Map<PictureDemand, number>();
    const isCalm = this.calmUntil !== undefined && now < this.calmUntil;
    const inOrder = [...demands].sort((a, b) => a.rank - b.rank);
    let left = budgetBps;
    for (const demand of inOrder) {
      const cost = this.cost(demand, 0, isCalm);
      if (cost > left) continue;
      chosen.set(demand, 0);
      left -= cost;
    }
    for (const rank of Object.values(pictureRank)) left = this.raise(inOrder.filter((demand) => demand.rank === rank && chosen.has(demand)), chosen, left, isCalm);
    const shares = demands.map((demand) => ({ mid: demand.mid, point: demand.points[chosen.get(demand) ?? -1] }));
    this.remember(shares, demands, now);
    return shares;
  }

  /** Raises the pictures of one rank step by step, all in turn, while there is room; what is left. */
  private raise(demands: readonly PictureDemand[], chosen: Map<PictureDemand, number>, room: number, isCalm: boolean): number {
    let left = room;
    for (let isRaised = true; isRaised; ) {
      isRaised = false;
      for (const demand of demands) {
        const at = chosen.get(demand) ?? 0;
        const step = this.cost(demand, at + 1, isCalm) - this.cost(demand, at, isCalm);
        if (!(step <= left)) continue;
        chosen.set(demand, at + 1);
        left -= step;
        isRaised = true;
      }
    }
    return left;
  }

  /** What a point counts as: less than it costs where it, or a better one, is sent; more where it would be a raise; `Infinity` where it is out of the question. */
  private cost({ mid, points }: PictureDemand, at: number, isCalm: boolean): number {
    const point = points[at];
    if (point === undefined) return Infinity;
    const sent = this.sent.get(mid);
    const isRaise = sent === undefined || isBetter(point, sent);
    if (isRaise && isCalm && (sent !== undefined || at > 0)) return Infinity;
    return point.bitrateBps * (isRaise ? raisePart : keepPart);
  }

  private remember(shares: readonly PictureShare[], demands: readonly PictureDemand[], now: Instant): void {
    const sent = new Map<string, OperatingPoint>();
    let isReduced = false;
    let isRaised = false;
    for (const [index, { mid, point }] of shares.entries()) {
      const before = this.sent.get(mid);
      if (point !== undefined) sent.set(mid, point);
      // A point that is not offered any more, since the sender or the display changed, is no sign of a full line.
      const isOffered = before !== undefined && demands[index]?.points.some((one) => isSame(one, before)) === true;
      if (isOffered && (point === undefined || isBetter(before, point))) isReduced = true;
      if (before !== undefined && point !== undefined && isBetter(point, before)) isRaised = true;
    }
    if (isReduced) this.calm(now);
    else if (isRaised) this.raisedAt = now;
    this.sent = sent;
  }

  private calm(now: Instant): void {
    const hasLasted = this.raisedAt === undefined || now - this.raisedAt > lastingMs;
    this.calmMs = hasLasted ? leastCalmMs : Math.min(mostCalmMs, this.calmMs * 2);
    this.calmUntil = addMilliseconds(now, this.calmMs);
  }
}

function isBetter(a: OperatingPoint, b: OperatingPoint): boolean {
  return a.layer > b.layer || (a.layer === b.layer && a.temporalLayer > b.temporalLayer);
}

function isSame(a: OperatingPoint, b: OperatingPoint): boolean {
  return a.layer === b.layer && a.temporalLayer === b.temporalLayer;
}
