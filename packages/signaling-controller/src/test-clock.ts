import { instant, type Instant } from '@dialplane/sansio';
import type { Clock } from './clock.ts';

/** A clock that stands still until it is turned; for tests. Turning it fires what has become due, in order. */
export class TestClock implements Clock {
  private elapsed = 0;
  private readonly alarms = new Set<{ readonly at: number; readonly wake: () => void }>();
  private readonly startedAt: number;

  constructor(startedAt = Date.now()) {
    this.startedAt = startedAt;
  }

  now(): Instant {
    return instant(this.elapsed);
  }

  wallMs(): number {
    return this.startedAt + this.elapsed;
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    const alarm = { at, wake };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  turn(milliseconds: number): void {
    const target = this.elapsed + milliseconds;
    for (;;) {
      const due = [...this.alarms].filter((alarm) => alarm.at <= target).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.alarms.delete(due);
      this.elapsed = Math.max(this.elapsed, due.at);
      due.wake();
    }
    this.elapsed = target;
  }

  /** Like a machine that was suspended: what is due meanwhile fires once, at the end. */
  leap(milliseconds: number): void {
    this.elapsed += milliseconds;
    this.turn(0);
  }
}
