import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { RingReader } from './record-ring.ts';

/** What a thread does at its ticks, and between them. */
export interface TickingWork<Command> {
  /** Whether ticks are of use; while they are not, the thread sleeps until something is written or it is rung. */
  isBusy(): boolean;
  /** Takes a command; `close` ends the loop and is not given to it. */
  perform(command: Command): void;
  /** Takes everything that has been written. */
  takeRecords(): void;
  /** It is time for the next tick, {@link TickingLoop.tick} and one. */
  onTick(): void;
  /** It has worked for so many milliseconds more. */
  noteWorked(milliseconds: number): void;
}

/** The life of a thread that works at multiples of some milliseconds from its start, so that its clock does not drift, and takes commands and records. */
export class TickingLoop<Command extends { readonly kind: string }> {
  /** The last tick that was done or left out. */
  tick = 0;
  readonly startedAt = performance.now();
  /** Until when its work was told. */
  private toldUntil = this.startedAt;
  private readonly tickMs: number;
  private readonly port: MessagePort;
  private readonly incoming: RingReader;
  private readonly work: TickingWork<Command>;
  private state: 'running' | 'closing' = 'running';

  constructor(tickMs: number, port: MessagePort, incoming: RingReader, work: TickingWork<Command>) {
    this.tickMs = tickMs;
    this.port = port;
    this.incoming = incoming;
    this.work = work;
  }

  /** Returns when it was told to close. */
  run(): void {
    for (;;) {
      // Read first: whoever rings while commands are taken is not overheard.
      const rings = this.incoming.rings();
      this.takeCommands();
      if (this.state === 'closing') return;
      this.wait(rings);
    }
  }

  /** When the tick that is done was due, by `performance.now()`. */
  get dueAt(): number {
    return this.startedAt + this.tick * this.tickMs;
  }

  /** The next tick is the next one from now on. */
  passTime(): void {
    this.tick = Math.max(this.tick, Math.floor((performance.now() - this.startedAt) / this.tickMs));
  }

  /** Until something comes, where there is nothing to do; else until the next tick, and does it. */
  private wait(rings: number): void {
    const now = performance.now();
    this.work.noteWorked(now - this.toldUntil);
    this.toldUntil = now;
    if (!this.work.isBusy()) {
      this.incoming.sleepUntilWritten(rings);
      this.toldUntil = performance.now();
      this.work.takeRecords();
      this.passTime();
      return;
    }
    const waitMs = this.startedAt + (this.tick + 1) * this.tickMs - now;
    if (waitMs <= 0) return this.work.onTick();
    this.incoming.sleep(rings, waitMs);
    this.toldUntil = performance.now();
  }

  private takeCommands(): void {
    for (let received = receiveMessageOnPort(this.port); received !== undefined; received = receiveMessageOnPort(this.port)) {
      for (const command of received.message as ReadonlyArray<Command | { readonly kind: 'close' }>) {
        if (command.kind === 'close') this.state = 'closing';
        else this.work.perform(command as Command);
      }
    }
  }
}
