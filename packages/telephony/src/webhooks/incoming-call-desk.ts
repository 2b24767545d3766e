import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { IncomingCallControl, OfferedCall, RedirectTarget, RejectReason, WordOutcome } from '@dialplane/applications-api';
import type { Logger } from '@dialplane/telemetry';
import { IncomingCallContexts } from './incoming-call-context.ts';
import { incomingCallEvent, validationEvent } from './incoming-call-event.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** Who answers: its connection with the call that this becomes, and its own identifier. */
type AnsweringApplication = Parameters<IncomingCallControl['answer']>[1];

/** What an application has decided about a call, or what became of asking it. */
export type ApplicationDecision =
  | { readonly kind: 'redirect'; readonly target: RedirectTarget }
  | { readonly kind: 'reject'; readonly reason: RejectReason }
  /** It takes the call itself. */
  | { readonly kind: 'answer'; readonly application: AnsweringApplication }
  /** It could not be reached, or said nothing in time; in a sentence. */
  | { readonly kind: 'undecided'; readonly sentence: string };

export interface IncomingCallDeskOptions {
  readonly sender: WebhookSender;
  readonly logger: Logger;
  readonly resourceId: () => string;
  /** As clients see it, for the id of a call. */
  readonly serverCallIdOf: (callId: string) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long to wait before each further try, in milliseconds; 1, 2 and 4 seconds by default. */
  readonly retryAfterMs?: readonly number[];
  /** How long an application may think, once it was told; 30 seconds by default. */
  readonly decideWithinMs?: number;
}

/** A call about which an application is being asked. */
interface WaitingCall {
  readonly call: OfferedCall;
  readonly decided: (decision: ApplicationDecision) => void;
  /** Ends the delivery and the wait. */
  readonly over: AbortController;
}

const presetRetriesMs: readonly number[] = [1000, 2000, 4000];
const presetDecideWithinMs = 30_000;
const mostWaiting = 1000;
/** Words remembered so that a repeated request gets the same answer (OASIS Repeatable Requests). */
const mostWords = 1000;

/**
 * Puts calls to applications by Azure's `IncomingCall` event, and takes their word for them: each call is put once (and again where that failed), each context is good for one word.
 * The application's answer to the event itself says nothing but that it came.
 */
export class IncomingCallDesk implements IncomingCallControl {
  readonly #options: IncomingCallDeskOptions;
  readonly #contexts = new IncomingCallContexts();
  readonly #waiting = new Map<string, WaitingCall>();
  /** Request id -> line, of words that were taken. */
  readonly #words = new Map<string, string>();

  constructor(options: IncomingCallDeskOptions) {
    this.#options = options;
  }

  /** Calls that wait for a word. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Has an application asked. @param decided told once and later, unless the call is withdrawn before. */
  ask(call: OfferedCall, url: string, decided: (decision: ApplicationDecision) => void): void {
    if (this.#waiting.size >= mostWaiting) {
      queueMicrotask(() => decided({ kind: 'undecided', sentence: 'Too many calls wait for the word of an application.' }));
      return;
    }
    const waiting: WaitingCall = { call, decided, over: new AbortController() };
    this.#waiting.set(call.lineId, waiting);
    void this.#put(waiting, url).catch((error: unknown) => {
      this.#options.logger.error({ err: error, lineId: call.lineId }, 'A call could not be put to an application.');
      this.#decide(call.lineId, { kind: 'undecided', sentence: 'The call could not be put to the application.' });
    });
  }

  /** The caller has hung up. */
  withdraw(lineId: string): void {
    this.#take(lineId);
  }

  /** @param requestId of a repeatable request. */
  redirect(context: string, target: RedirectTarget, requestId?: string): WordOutcome {
    return this.#hear(context, { kind: 'redirect', target }, requestId);
  }

  reject(context: string, reason: RejectReason, requestId?: string): WordOutcome {
    return this.#hear(context, { kind: 'reject', reason }, requestId);
  }

  /** The application takes the call itself. */
  answer(context: string, application: AnsweringApplication, requestId?: string): WordOutcome {
    return this.#hear(context, { kind: 'answer', application }, requestId);
  }

  /** The call that a context is of, while it waits. */
  find(context: string): OfferedCall | undefined {
    const lineId = this.#contexts.read(context);
    return lineId === undefined ? undefined : this.#waiting.get(lineId)?.call;
  }

  /** Whether a webhook wants to be called: it has to answer the validation event with the code in it. @returns why it is not to be called, in a sentence. */
  async validate(url: string): Promise<string | undefined> {
    const validationCode = randomUUID();
    const { sender, resourceId, now } = this.#options;
    const event = validationEvent(resourceId(), validationCode, now());
    const outcome = await sender.post({ url, resourceId: resourceId(), headers: () => ({ 'aeg-event-type': 'SubscriptionValidation' }), body: [event] });
    if (outcome.kind === 'failed') return `The webhook cannot be reached: ${outcome.sentence}`;
    if (outcome.kind === 'refused') return outcome.sentence;
    if (outcome.status !== 200) return `The webhook answered the validation event with ${outcome.status}, not with 200.`;
    return responseCode(outcome.text) === validationCode ? undefined : 'The webhook did not answer the validation event with {"validationResponse": "<the validationCode of the event>"}.';
  }

  close(): void {
    for (const lineId of this.#waiting.keys()) this.#take(lineId);
  }

  async #put({ call, over }: WaitingCall, url: string): Promise<void> {
    const { sender, resourceId, serverCallIdOf, now, logger, retryAfterMs = presetRetriesMs, decideWithinMs = presetDecideWithinMs } = this.#options;
    const event = incomingCallEvent(call, { resourceId: resourceId(), serverCallId: serverCallIdOf(call.lineId), incomingCallContext: this.#contexts.write(call.lineId) }, now());
    const { isTaken, sentence } = await sender.deliver({
      url, resourceId: resourceId(), body: [event], retryAfterMs, signal: over.signal,
      headers: (tries) => ({ 'aeg-event-type': 'Notification', 'aeg-delivery-count': String(tries) }),
      onRetry: (outcome) => logger.warn({ lineId: call.lineId, outcome }, 'A webhook did not take an incoming call; it is told again.'),
    });
    if (over.signal.aborted) return;
    if (!isTaken) {
      logger.warn({ lineId: call.lineId, outcome: sentence }, 'A webhook did not take an incoming call; the call is ended.');
      this.#decide(call.lineId, { kind: 'undecided', sentence: `The application that decides about calls to this number cannot be reached: ${sentence}` });
      return;
    }
    await after(decideWithinMs, undefined, { signal: over.signal }).catch(() => undefined);
    this.#decide(call.lineId, { kind: 'undecided', sentence: `The application said nothing about this call within ${decideWithinMs / 1000} seconds.` });
  }

  #hear(context: string, decision: ApplicationDecision, requestId: string | undefined): WordOutcome {
    const lineId = this.#contexts.read(context);
    if (lineId === undefined) return 'notFound';
    if (requestId !== undefined && this.#words.get(requestId) === lineId) return 'done';
    if (!this.#decide(lineId, decision)) return 'notFound';
    if (requestId !== undefined) this.#remember(requestId, lineId);
    return 'done';
  }

  /** @returns Whether the call still waited. */
  #decide(lineId: string, decision: ApplicationDecision): boolean {
    const waiting = this.#take(lineId);
    waiting?.decided(decision);
    return waiting !== undefined;
  }

  #take(lineId: string): WaitingCall | undefined {
    const waiting = this.#waiting.get(lineId);
    this.#waiting.delete(lineId);
    waiting?.over.abort();
    return waiting;
  }

  #remember(requestId: string, lineId: string): void {
    const [oldest] = this.#words.keys();
    if (this.#words.size >= mostWords && oldest !== undefined) this.#words.delete(oldest);
    this.#words.set(requestId, lineId);
  }
}

function responseCode(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly validationResponse?: unknown } | null)?.validationResponse;
  } catch {
    return undefined;
  }
}
