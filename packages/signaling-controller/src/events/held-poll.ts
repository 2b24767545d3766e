import type { EventReader } from './event-channel.ts';

/** A long poll that waits for the first event, or for its time to run out. */
export class HeldPoll implements EventReader {
  /** Settles when there is something to answer with, or nothing came in time. */
  readonly settled: Promise<void>;
  private readonly deadline: number;
  private settle: () => void = () => {};

  /** @param deadline on the monotonic clock. */
  constructor(deadline: number) {
    this.deadline = deadline;
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  deliver(): boolean {
    this.settle();
    return true;
  }

  tick(now: number): boolean {
    if (now < this.deadline) return true;
    this.settle();
    return false;
  }

  end(): void {
    this.settle();
  }
}
