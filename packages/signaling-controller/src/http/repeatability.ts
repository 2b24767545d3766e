import type { FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { ApiError } from './api-error.ts';

/** An answered command, kept to be given again. */
export interface Answer {
  readonly status: number;
  /** JSON; absent where the answer has no body. */
  readonly text?: string;
}

interface Entry {
  readonly digest: string;
  readonly answer: Promise<Answer>;
  readonly at: number;
  /** Characters that the answer takes, once it is known. */
  size: number;
}

/** How much is remembered: answers, characters in all of them, and for how long. */
export interface RepeatabilityLimits {
  readonly maxAnswers: number;
  readonly maxCharacters: number;
  readonly lifetimeMs: number;
}

const defaultRepeatabilityLimits: RepeatabilityLimits = { maxAnswers: 20_000, maxCharacters: 32 * 1024 * 1024, lifetimeMs: 300_000 };

/** What makes two requests the same: method, path and body. */
export function requestDigest(request: FastifyRequest): string {
  return `${request.method} ${request.url} ${request.bodyDigest}`;
}

/**
 * Remembers the answers to commands by the caller and its `Repeatability-Request-ID` (OASIS Repeatable Requests 1.0): the same
 * request again gets the same answer and changes nothing, also while the first is still being carried out. Answers that a
 * retry is meant to change (429, 5xx) are not kept.
 *
 * Bounded in count, size and time. Call commands outlive that, and a restart: the call engine remembers its command ids.
 */
export class Repeatability {
  private readonly entries = new Map<string, Entry>();
  private readonly clock: Clock;
  private readonly limits: RepeatabilityLimits;
  private characters = 0;

  constructor(clock: Clock, limits = defaultRepeatabilityLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * Carries out `command` unless it was carried out before under `key`; throws `REQUEST_ID_REUSED` when that was another
   * request.
   *
   * @param digest of the request, by {@link requestDigest}.
   */
  perform(key: string, digest: string, command: () => Promise<Answer>): Promise<Answer> {
    this.forgetOld();
    const known = this.entries.get(key);
    if (known !== undefined) {
      if (known.digest !== digest) throw new ApiError('REQUEST_ID_REUSED', { target: 'Repeatability-Request-ID' });
      return known.answer;
    }
    const answer = command();
    const entry: Entry = { digest, answer, at: this.clock.now(), size: 0 };
    this.entries.set(key, entry);
    answer.then(
      ({ text }) => {
        if (this.entries.get(key) !== entry) return;
        entry.size = text?.length ?? 0;
        this.characters += entry.size;
      },
      (error: unknown) => {
        const isFinal = error instanceof ApiError && !error.isRetryable;
        if (!isFinal && this.entries.get(key) === entry) this.forget(key, entry);
      },
    );
    return answer;
  }

  private forgetOld(): void {
    const { maxAnswers, maxCharacters, lifetimeMs } = this.limits;
    const oldest = this.clock.now() - lifetimeMs;
    for (const [key, entry] of this.entries) {
      if (entry.at >= oldest && this.entries.size < maxAnswers && this.characters <= maxCharacters) return;
      this.forget(key, entry);
    }
  }

  private forget(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.characters -= entry.size;
  }
}
