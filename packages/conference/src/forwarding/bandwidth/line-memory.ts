import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { usualStartBps } from './bandwidth-estimator.ts';

/** A line that was known so long ago may be another one: people walk out of the house. */
const keptMs = 60_000;
/** Lines that are kept: the ones that were noted longest ago go first. */
const mostLines = 10_000;
/** Of what a line took, what it is trusted with before it has shown that it still takes it. */
const trustedPart = 0.5;
/** However wide a line was: more than a picture needs is not worth the queue that it would fill on a narrow one. */
const mostTrustedBps = 2_500_000;

/**
 * What the lines to participants took lately, so that who comes back begins with that and not with a guess: after a reload, another peer connection, a lost media process. Half of what was
 * known is trusted, so that somebody who came back over a narrower line loses little; of a line that took less than the usual start, all of it, and no more.
 */
export class LineMemory {
  /** In the order in which they were noted. */
  private readonly lines = new Map<string, { readonly estimateBps: number; readonly until: Instant }>();

  /** The line to a participant is thought to take so much. */
  note(identifier: string, estimateBps: number, now: Instant): void {
    this.lines.delete(identifier);
    this.lines.set(identifier, { estimateBps, until: addMilliseconds(now, keptMs) });
    if (this.lines.size > mostLines) this.forgetOldest();
  }

  /** What to begin with, in bits per second; `undefined` where nothing is known that is recent enough. */
  startFor(identifier: string, now: Instant): number | undefined {
    const line = this.lines.get(identifier);
    if (line === undefined || now > line.until) return undefined;
    return trustedStart(line.estimateBps);
  }

  private forgetOldest(): void {
    for (const identifier of this.lines.keys()) {
      this.lines.delete(identifier);
      return;
    }
  }
}

/** What a line that took so much a moment ago is trusted with at first, over another connection. */
export function trustedStart(estimateBps: number): number {
  return Math.min(mostTrustedBps, Math.max(estimateBps * trustedPart, Math.min(estimateBps, usualStartBps)));
}
