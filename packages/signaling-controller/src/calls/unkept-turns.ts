import type { CallKeeper } from './call-keeper.ts';
import type { RunningCall, Turn } from './running-call.ts';

export interface UnkeptTurnsOptions {
  readonly keeper: CallKeeper;
  /** This turn of the call is stored: the world may know of it. */
  release(call: RunningCall, turn: Turn): void;
  /** A new call could not be stored, and so must not be. */
  drop(call: RunningCall): void;
  /** Storing the call met a fault of ours. */
  fail(call: RunningCall, error: unknown): void;
}

/**
 * What calls put out since they were stored last: held back until it is stored, then released in the order it was taken. A call
 * is stored once for all the turns it takes before anything else happens; what it does while it is being stored is stored at
 * once afterwards.
 */
export class UnkeptTurns {
  private readonly options: UnkeptTurnsOptions;
  private readonly turns = new Map<RunningCall, Turn[]>();
  /** Calls that are being stored. */
  private readonly keeping = new Set<RunningCall>();

  constructor(options: UnkeptTurnsOptions) {
    this.options = options;
  }

  /** Calls that have turns to store; ended ones are among them. */
  calls(): IterableIterator<RunningCall> {
    return this.turns.keys();
  }

  /** Whether something of a call has yet to be released. */
  isWaiting(callId: string): boolean {
    return [...this.turns.keys(), ...this.keeping].some(({ about }) => about.callId === callId);
  }

  /** Holds a turn back until the call is stored, and has that done soon. */
  add(call: RunningCall, turn: Turn): void {
    const turns = this.turns.get(call);
    if (turns !== undefined) {
      turns.push(turn);
      return;
    }
    this.turns.set(call, [turn]);
    if (!this.keeping.has(call)) queueMicrotask(() => this.keep(call));
  }

  /** Leaves out what waits to be stored of a call. Turns that are being stored already are released still. */
  forget(call: RunningCall): void {
    this.turns.delete(call);
  }

  private keep(call: RunningCall): void {
    const turns = this.turns.get(call);
    if (turns === undefined) return;
    this.turns.delete(call);
    this.keeping.add(call);
    const { keeper } = this.options;
    const record = turns.at(-1)?.record;
    const kept = record === undefined ? keeper.keepRunning(call) : keeper.keepEnded(call, { reason: record.endReason, record });
    kept.then(
      (isKept) => {
        this.keeping.delete(call);
        if (isKept) for (const turn of turns) this.options.release(call, turn);
        else this.options.drop(call);
        this.keep(call);
      },
      (error: unknown) => {
        this.keeping.delete(call);
        this.options.fail(call, error);
      },
    );
  }
}
