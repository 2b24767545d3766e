import type { LegReport } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import type { FeedbackWriter } from '../packets/feedback-writer.ts';
import type { LegTurns } from './leg-turns.ts';
import type { TickPolicy } from './tick-policy.ts';

/** Conferences, and legs in their turn, are looked at this often at most: the code for it is in no cache by then, so that many legs at once cost less than few more often. */
const lookMs = 100;

export interface PlaneTicksOptions {
  readonly policy: TickPolicy;
  readonly turns: LegTurns<Leg>;
  readonly conferences: ReadonlyMap<string, Conference>;
  readonly feedbackWriter: FeedbackWriter;
  readonly clock: () => Instant;
  readonly tellReport: (leg: Leg, report: LegReport | undefined) => void;
  /** Something of ours failed over a leg: costs it. */
  readonly onFault: (leg: Leg, error: unknown) => void;
  /** There was a tick without packets: what it brought about is to be sent. */
  readonly onTick: (now: Instant) => void;
}

/**
 * When timers are looked at, and whose: ticks come with packets while there are any, by a timer of their own where none come, and not at all without legs. Each tick goes to the legs in a hurry;
 * those whose turn it is, and conferences, are looked at ten times a second at most.
 */
export class PlaneTicks {
  private readonly options: PlaneTicksOptions;
  private lookedAt: Instant | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer fires; without packets that is a tick. */
  private timerAt = -Infinity;

  constructor(options: PlaneTicksOptions) {
    this.options = options;
  }

  /** Packets were served: a tick where one is due. */
  handlePackets(now: Instant): void {
    if (this.options.policy.isDue(now)) this.tick(now);
    this.arm(now);
  }

  /** Has the timer fire when the next tick is due. One that fires too early is set anew then, since to put it off with every tick costs more. */
  arm(now: Instant): void {
    const { policy, turns } = this.options;
    const dueAt = policy.dueAt(now);
    if (turns.count > 0 && this.timer !== undefined && this.timerAt <= dueAt) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (turns.count === 0) return;
    this.timerAt = dueAt;
    this.timer = setTimeout(() => this.handleTimer(), dueAt - now);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private handleTimer(): void {
    const { policy, clock, onTick } = this.options;
    const now = clock();
    this.timer = undefined;
    if (policy.dueAt(now) <= now) {
      this.tick(now);
      onTick(now);
    }
    this.arm(now);
  }

  private tick(now: Instant): void {
    const { policy, turns, conferences } = this.options;
    policy.noteTick(now);
    const isLookDue = this.lookedAt === undefined || now - this.lookedAt >= lookMs - 1;
    for (let due = isLookDue ? turns.takeDue(now) : 0; due > 0; due -= 1) this.look(turns.next(), now);
    for (const leg of turns.inHurry) this.help(leg, now);
    if (!isLookDue) return;
    this.lookedAt = now;
    for (const conference of conferences.values()) conference.handleTimeout(now);
  }

  /** It has its turn. */
  private look(leg: Leg | undefined, now: Instant): void {
    if (leg === undefined) return;
    const { turns, feedbackWriter, tellReport, onFault } = this.options;
    try {
      leg.handleTimeout(now);
      tellReport(leg, leg.reporter.poll(now));
      leg.watchdog.poll(now);
      leg.conference.handleLegTimeout(leg, now);
      feedbackWriter.handleTimeout(leg, now);
      if (leg.isInHurry) turns.hurry(leg);
    } catch (error) {
      onFault(leg, error);
    }
  }

  /** What is asked for again, what waits, and padding, cannot wait any longer. */
  private help(leg: Leg, now: Instant): void {
    const { policy, turns, feedbackWriter, onFault } = this.options;
    try {
      feedbackWriter.handleUrgent(leg, now);
      if (leg.waiting.size > 0) leg.sendWaiting(now);
      if (leg.bandwidth?.isProbing === true || leg.waiting.size > 0) {
        policy.noteUrgency(now);
        leg.probe(now);
      }
      if (!leg.isInHurry) turns.calm(leg);
    } catch (error) {
      onFault(leg, error);
    }
  }
}
