/**
 * The contract of every machine in this project that has no I/O.
 *
 * A protocol or an engine is a state machine that is *given* inputs and the time, and *returns* what to send, what to tell
 * and when to be woken. It never touches a socket, timer, clock, `Math.random`, file or promise. That is what lets a test run
 * hours of protocol time in milliseconds and replay any failure from its seed.
 *
 * Out of scope: drivers (one per kind of socket, in the services) and the simulated world (`sim`).
 *
 * ```ts
 * machine.handle(input, now);
 * for (let output = machine.poll(); output !== undefined; output = machine.poll()) perform(output);
 * const wakeAt = machine.pollTimeout(); // call machine.handleTimeout(now) when it has come
 * ```
 */
export type { Instant, Machine } from './machine.ts';
export { addMilliseconds, earliest, instant, roundedUp } from './machine.ts';
export { DeadlineHeap } from './deadline-heap.ts';
export { Deadlines } from './deadlines.ts';
export { OutputQueue } from './output-queue.ts';
export type { Randomness } from './randomness.ts';
export { seededRandomness } from './randomness.ts';
export { census } from './census.ts';
export { UnreadBytes } from './unread-bytes.ts';
export { invariant, unreachable } from './invariant.ts';
