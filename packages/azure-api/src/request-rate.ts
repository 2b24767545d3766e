/** How many requests a resource may make in a window of time. */
export interface RequestRateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
}

/** Counts requests per resource in fixed windows; a resource starts afresh when its window is over. */
export class RequestRate {
  readonly #limit: RequestRateLimit;
  readonly #now: () => number;
  readonly #windows = new Map<string, { readonly endsAt: number; count: number }>();

  constructor(limit: RequestRateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one request; returns the seconds to wait where it is one too many. @param resourceId one of ours: they are few. */
  take(resourceId: string): number | undefined {
    const now = this.#now();
    let current = this.#windows.get(resourceId);
    if (current === undefined || now >= current.endsAt) {
      current = { endsAt: now + this.#limit.windowSeconds * 1000, count: 0 };
      this.#windows.set(resourceId, current);
    }
    if (current.count >= this.#limit.requests) return Math.max(1, Math.ceil((current.endsAt - now) / 1000));
    current.count += 1;
    return undefined;
  }
}
