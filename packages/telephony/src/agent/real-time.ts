import { type Instant, instant, type Machine, roundedUp } from '@dialplane/sansio';

/** A timer for longer than this fires at once; one that fires early finds nothing due and is set again. */
const longestTimeoutMs = 2 ** 31 - 1;
/** How late a machine may be woken, so that deadlines which are close to each other wake it once. */
const latenessMs = 20;

/** Runs one machine in real time: performs what it puts out after each input, and wakes it; once in vain where a deadline has moved away. Performing may give it more input. */
export class RealTime<Input, Output> {
  readonly #machine: Machine<Input, Output>;
  readonly #perform: (output: Output) => void;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt: Instant | undefined;

  constructor(machine: Machine<Input, Output>, perform: (output: Output) => void) {
    this.#machine = machine;
    this.#perform = perform;
  }

  handle(input: Input): void {
    this.#machine.handle(input, clock());
    this.#settle();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #settle(): void {
    for (let output = this.#machine.poll(); output !== undefined; output = this.#machine.poll()) this.#perform(output);
    const next = this.#machine.pollTimeout();
    if (next === undefined) return;
    const at = roundedUp(next, latenessMs);
    if (this.#wakesAt !== undefined && this.#wakesAt <= at) return;
    clearTimeout(this.#timer);
    this.#wakesAt = at;
    this.#timer = setTimeout(() => this.#wake(), Math.min(longestTimeoutMs, Math.max(0, Math.ceil(at - clock()))));
  }

  #wake(): void {
    this.#wakesAt = undefined;
    this.#machine.handleTimeout(clock());
    this.#settle();
  }
}

function clock(): Instant {
  return instant(performance.now());
}
