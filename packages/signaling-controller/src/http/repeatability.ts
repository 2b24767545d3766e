import type { Clock } from '../clock.ts';
import { ApiError } from './api-error.ts';

/** An answered command, kept to be given again. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Entry {
  readonly digest: string;
  readonly answer: Promise<Answer>;
  readonly at: number;
}

/**
 * Remembers the answers to commands by the caller and its `Repeatability-Request-ID` (OASIS Repeatable Requests 1.0): the same
 * request again gets the same answer and changes nothing, also while the first is still being carried out. Answers that a
 * retry is meant to change (429, 5xx) are not kept.
 *
 * Bounded in count and time. Call commands outlive both, and a restart: the call engine remembers its command ids.
 */
export class Repeatability {
  private readonly entries = new Map<string, Entry>();
  private readonly clock: Clock;
  private readonly capacity: number;
  private readonly lifetimeMs: number;

  constructor(clock: Clock, capacity = 20_000, lifetimeMs = 300_000) {
    this.clock = clock;
    this.capacity = capacity;
    this.lifetimeMs = lifetimeMs;
  }

  /**
   * Carries out `command` unless it was carried out before under `key`; throws `REQUEST_ID_REUSED` when that was another
   * request.
   *
   * @param digest what makes two requests the same: method, path and body.
   */
  perform(key: string, digest: string, command: () => Promise<Answer>): Promise<Answer> {
    this.forgetOld();
    const known = this.entries.get(key);
    if (known !== undefined) {
      if (known.digest !== digest) throw new ApiError('REQUEST_ID_REUSED', { target: 'Repeatability-Request-ID' });
      return known.answer;
    }
    const answer = command();
    const entry: Entry = { digest, answer, at: this.clock.now() };
    this.entries.set(key, entry);
    answer.catch((error: unknown) => {
      const isFinal = error instanceof ApiError && !error.isRetryable;
      if (!isFinal && this.entries.get(key) === entry) this.entries.delete(key);
    });
    return answer;
  }

  private forgetOld(): void {
    const oldest = this.clock.now() - this.lifetimeMs;
    for (const [key, entry] of this.entries) {
      if (entry.at >= oldest && this.entries.size < this.capacity) return;
      this.entries.delete(key);
    }
  }
}
