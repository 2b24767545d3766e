import type { Clock } from '../platform.ts';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before attempt `failures + 1`: doubling from `firstMs` up to `maxMs`, half of it random, so that clients
 * that lost the same server do not come back in the same instant. `random` gives 0 <= x < 1.
 */
export function backoffMs(failures: number, { firstMs, maxMs }: BackoffOptions, random: () => number): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 16));
  return ceiling / 2 + (ceiling / 2) * random();
}

/** Resolves after `delayMs`, or at once when `signal` is aborted: the caller looks at the signal. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish);
  });
}
