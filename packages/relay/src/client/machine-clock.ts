import { type Instant, instant, type Machine } from '@dialplane/sansio';

/** A timer for longer than this fires at once; one that fires early finds nothing due and is set again. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Runs one machine in real time: performs what it puts out after each input, and wakes it. */
export class MachineClock<Input, Output> {
  private readonly machine: Machine<Input, Output>;
  private readonly perform: (output: Output) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(machine: Machine<Input, Output>, perform: (output: Output) => void) {
    this.machine = machine;
    this.perform = perform;
  }

  handle(input: Input): void {
    this.machine.handle(input, clock());
    this.settle();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private settle(): void {
    for (let output = this.machine.poll(); output !== undefined; output = this.machine.poll()) this.perform(output);
    clearTimeout(this.timer);
    const next = this.machine.pollTimeout();
    if (next === undefined) return;
    this.timer = setTimeout(() => {
      this.machine.handleTimeout(clock());
      this.settle();
    }, Math.min(longestTimeoutMs, Math.max(0, Math.ceil(next - clock()))));
  }
}

function clock(): Instant {
  return instant(performance.now());
}
