import { setTimeout as after } from 'node:timers/promises';
import type { WebhookGuard } from './webhook-guard.ts';
import { postWebhook, type WebhookOutcome } from './webhook-post.ts';

export interface WebhookSenderOptions {
  readonly guard: WebhookGuard;
  /** A bearer token by which an application knows us; for the applications of a resource. Without it requests carry none. */
  readonly authorization?: (resourceId: string) => Promise<string>;
}

/** Something to tell an application. */
export interface WebhookMessage {
  readonly url: string;
  readonly resourceId: string;
  /** Becomes JSON. */
  readonly body: unknown;
  /** @param tries before this one. */
  readonly headers?: (tries: number) => Readonly<Record<string, string>>;
  /** How long to wait before each further try, in milliseconds. */
  readonly retryAfterMs: readonly number[];
  /** Ends the delivery. */
  readonly signal: AbortSignal;
  /** Told before each further try, what came of the last one. */
  readonly onRetry?: (sentence: string) => void;
}

/** What came of it; the sentence says what the last try met. */
export interface WebhookReceipt {
  readonly isTaken: boolean;
  readonly sentence: string;
}

const answerWithinMs = 5000;

/** Posts to applications: never where the guard does not let us, with a token of ours, and again where that may help. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Why an address is not called, in a sentence; `undefined` where nothing speaks against it. */
  refusal(url: string): string | undefined {
    return this.#options.guard.refusal(url);
  }

  /** One try. */
  async post({ url, resourceId, body, headers }: Pick<WebhookMessage, 'url' | 'resourceId' | 'body' | 'headers'>, tries = 0, signal?: AbortSignal): Promise<WebhookOutcome> {
    const { guard, authorization } = this.#options;
    const bearer = authorization === undefined ? {} : { authorization: `Bearer ${await authorization(resourceId)}` };
    return postWebhook({ url, headers: { ...headers?.(tries), ...bearer }, body }, guard, answerWithinMs, signal);
  }

  /** Tries until it is taken, refused or given up. */
  async deliver(message: WebhookMessage): Promise<WebhookReceipt> {
    const { retryAfterMs, signal, onRetry } = message;
    let outcome = await this.post(message, 0, signal);
    for (const [index, pauseMs] of retryAfterMs.entries()) {
      if (!isWorthRetrying(outcome) || signal.aborted) break;
      onRetry?.(sentenceOf(outcome));
      await after(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      outcome = await this.post(message, index + 1, signal);
    }
    return { isTaken: isTaken(outcome), sentence: sentenceOf(outcome) };
  }
}

function isTaken(outcome: WebhookOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

/** What Event Grid tries again soon: no answer, and answers that say later. */
function isWorthRetrying(outcome: WebhookOutcome): boolean {
  return outcome.kind === 'failed' || (outcome.kind === 'answered' && (outcome.status === 408 || outcome.status === 429 || outcome.status >= 500));
}

function sentenceOf(outcome: WebhookOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `it answered with ${outcome.status}.`;
    case 'refused':
      return outcome.sentence;
    case 'failed':
      return `${outcome.sentence}.`;
  }
}
