/** Why a call has not got through: not a word was heard, or the trunk itself refused it (503, 504) or let it wait in vain (408), and may have said for how long it goes on so (Retry-After). */
export type CallFailure = { readonly kind: 'silent' } | { readonly kind: 'refused'; readonly status: number; readonly retryAfterSeconds?: number };

/** Failed calls in a row: how often it was called after the others for that, and the last one. */
export interface FailedCalls {
  readonly failure: CallFailure;
  /** Since a call got through. */
  readonly count: number;
  /** Of the last one, in milliseconds since 1970. */
  readonly at: number;
  /** Until when it is called after the others, whatever it says to OPTIONS. */
  readonly heldUntil: number;
  /** `held`: it is called after the others; else its turn is as ever, and another failure adds to these. */
  readonly place: 'held' | 'inTurn';
}

/** So many calls in a row are refused before it is taken for the trunk's trouble and not for that of who was called. */
const refusalsAllowed = 2;
const firstHoldMs = 60_000;
/** A trunk that works again is called in its turn after this time, however long it did not. */
const longestHoldMs = 3_600_000;

/**
 * The addresses of trunks to which calls have failed, by trunk. One that is called in its turn again and fails again is held for longer each time: what calls find counts for more than an answer
 * to OPTIONS, which many border controllers give for themselves while what is behind them is gone.
 *
 * absent ─▶ held ◀─▶ inTurn ─▶ absent; refusals begin in turn.
 */
export class CallFailures {
  readonly #byTrunk = new Map<string, Map<string, FailedCalls>>();

  /** Those of a trunk that are held. */
  held(trunk: string): ReadonlyMap<string, FailedCalls> {
    const failures = this.#byTrunk.get(trunk);
    return failures === undefined ? nothing : new Map([...failures].filter(([, { place }]) => place === 'held'));
  }

  /** A call has failed. @returns Whether the address is held from now on, and was not before. */
  note(trunk: string, address: string, failure: CallFailure, at: number): boolean {
    const failures = this.#byTrunk.get(trunk) ?? new Map<string, FailedCalls>();
    const before = failures.get(address);
    if (before?.place === 'held') return false;
    const count = (before?.count ?? 0) + 1;
    const hold = holdMs(failure, count);
    this.#byTrunk.set(trunk, failures.set(address, { failure, count, at, heldUntil: at + (hold ?? 0), place: hold === undefined ? 'inTurn' : 'held' }));
    return hold !== undefined;
  }

  /** A call has got through. @returns Whether the address was held. */
  forgive(trunk: string, address: string): boolean {
    const failures = this.#byTrunk.get(trunk);
    const wasHeld = failures?.get(address)?.place === 'held';
    failures?.delete(address);
    if (failures?.size === 0) this.#byTrunk.delete(trunk);
    return wasHeld;
  }

  /** The address is called in its turn again, once it has been held for long enough. @returns Whether it is, and was not before. */
  release(trunk: string, address: string, at: number): boolean {
    const failures = this.#byTrunk.get(trunk);
    const failed = failures?.get(address);
    if (failed?.place !== 'held' || at < failed.heldUntil) return false;
    failures?.set(address, { ...failed, place: 'inTurn' });
    return true;
  }

  /** All of a trunk. */
  forget(trunk: string): void {
    this.#byTrunk.delete(trunk);
  }
}

/** How long an address is held for the `count`th failure in a row; `undefined` for not at all. The first silence ends with the first answer to OPTIONS. A time that the trunk asks for is kept to (RFC 3261 §21.5.4). */
function holdMs(failure: CallFailure, count: number): number | undefined {
  const asked = failure.kind === 'refused' ? (failure.retryAfterSeconds ?? 0) * 1000 : 0;
  const round = failure.kind === 'silent' ? count - 1 : count - refusalsAllowed;
  if (round < 1) return failure.kind === 'silent' || asked > 0 ? Math.min(longestHoldMs, asked) : undefined;
  return Math.min(longestHoldMs, Math.max(asked, firstHoldMs * 2 ** (round - 1)));
}

const nothing: ReadonlyMap<string, FailedCalls> = new Map();
