import { setImmediate } from 'node:timers/promises';
import type { Clock } from './platform.ts';

/** A clock that a test moves. */
export class TestClock implements Clock {
  private readonly startedAt: number;
  private elapsedMs = 0;
  private timers: Array<{ readonly dueAt: number; readonly callback: () => void }> = [];

  constructor(startedAt = Date.UTC(2026, 0, 1)) {
    this.startedAt = startedAt;
  }

  now(): number {
    return this.elapsedMs;
  }

  wallClock(): number {
    return this.startedAt + this.elapsedMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueAt: this.elapsedMs + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, firing what falls due in its order; what is under way, or a timer sets off, is carried out before the next one. */
  async advance(ms: number): Promise<void> {
    await setImmediate();
    const until = this.elapsedMs + ms;
    for (let next = this.earliest(until); next !== undefined; next = this.earliest(until)) {
      const due = next;
      this.elapsedMs = due.dueAt;
      this.timers = this.timers.filter((other) => other !== due);
      due.callback();
      await setImmediate();
    }
    this.elapsedMs = until;
    await setImmediate();
  }

  private earliest(until: number): { readonly dueAt: number; readonly callback: () => void } | undefined {
    return this.timers.filter(({ dueAt }) => dueAt <= until).toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }
}
