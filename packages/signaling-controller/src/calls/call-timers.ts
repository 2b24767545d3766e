import type { Instant } from '@dialplane/sansio';
import type { Clock } from '../clock.ts';
import { DeadlineQueue } from './deadline-queue.ts';

/** Wakes calls when their machines want to be woken, with one alarm of the clock for all of them. */
export class CallTimers {
  private readonly clock: Clock;
  private readonly due: (callId: string) => void;
  private readonly deadlines = new DeadlineQueue();
  private alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  /** @param due told of each call whose time may have come; it may mean a later one by now, and arms its call again. */
  constructor(clock: Clock, due: (callId: string) => void) {
    this.clock = clock;
    this.due = due;
  }

  /** The call wants to be woken at `at`, or at no time of its own. */
  arm(callId: string, at: Instant | undefined): void {
    if (at !== undefined) this.deadlines.arm(callId, at);
    this.setAlarm();
  }

  forget(callId: string): void {
    this.deadlines.forget(callId);
  }

  stop(): void {
    this.alarm?.cancel();
    this.alarm = undefined;
  }

  private setAlarm(): void {
    const next = this.deadlines.next();
    if (next === undefined || (this.alarm !== undefined && this.alarm.at <= next)) return;
    this.alarm?.cancel();
    this.alarm = { at: next, cancel: this.clock.wakeAt(next, () => this.wake()) };
  }

  private wake(): void {
    this.alarm = undefined;
    for (const callId of this.deadlines.takeDue(this.clock.now())) this.due(callId);
    this.setAlarm();
  }
}
