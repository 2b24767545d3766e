import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { ApplicationIdentity, CallDecision, ConnectionOutcome, IncomingCallControl, OfferedCall, OfferListener, RedirectTarget, RejectReason } from '@dialplane/applications-api';
import type { EventDelivery } from '@dialplane/calling-api';
import type { Logger } from '@dialplane/telemetry';
import { IncomingCallContexts } from './incoming-call-context.ts';
import { incomingCallEvent, validationEvent } from './incoming-call-event.ts';
import type { WebhookReceipt, WebhookSender } from './webhook-sender.ts';

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
}

/** How one call is put to applications. */
export interface AskOptions {
  /** How long they may think, once one was told, in milliseconds; as long as the call waits without it. */
  readonly decideWithinMs?: number;
  /** Told what came of every try. */
  readonly told?: (url: string, delivery: Omit<EventDelivery, 'at'>) => void;
}

/**
 * A call about which applications are being asked.
 *
 * ```
 *  awaited ──a word──▶ given ──carried out──▶ (no longer there)
 *     ▲                  │ refused
 *     └──────────────────┘
 * ```
 */
interface WaitingCall {
  readonly call: OfferedCall;
  readonly listener: OfferListener;
  readonly word: 'awaited' | 'given';
  /** Ends the delivery and the wait. */
  readonly over: AbortController;
}

type Outcome = Promise<ConnectionOutcome<undefined>>;

const presetRetriesMs: readonly number[] = [1000, 2000, 4000];
const mostWaiting = 1000;
/** Words remembered so that a repeated request gets the same answer (OASIS Repeatable Requests). */
const mostWords = 1000;
const notFound = { ok: false, code: 'INCOMING_CALL_NOT_FOUND' } as const;

/**
 * Puts calls to applications by Azure's `IncomingCall` event, and takes their word for them: each call is put once (and again where that failed), each context is good for one word.
 * The application's answer to the event itself says nothing but that it came.
 */
export class IncomingCallDesk implements IncomingCallControl {
  readonly #options: IncomingCallDeskOptions;
  readonly #contexts = new IncomingCallContexts();
  /** By offer id. */
  readonly #waiting = new Map<string, WaitingCall>();
  /** By request id. */
  readonly #words = new Map<string, { readonly offerId: string; readonly outcome: Outcome }>();

  constructor(options: IncomingCallDeskOptions) {
    this.#options = options;
  }

  /** Calls that wait for a word. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Has applications asked, all under one context.
   *
   * @param urls of their webhooks, at least one.
   * @param listener told later, unless the call is withdrawn before.
   */
  ask(call: OfferedCall, urls: readonly string[], listener: OfferListener, options: AskOptions = {}): void {
    // Calls that ring meanwhile leave room for those that do not.
    if (this.#waiting.size >= (options.decideWithinMs === undefined ? mostWaiting / 2 : mostWaiting)) {
      queueMicrotask(() => listener.undecided('Too many calls wait for the word of an application.'));
      return;
    }
    const waiting: WaitingCall = { call, listener, word: 'awaited', over: new AbortController() };
    this.#waiting.set(call.offerId, waiting);
    void this.#put(waiting, urls, options).catch((error: unknown) => {
      this.#options.logger.error({ err: error, callId: call.callId }, 'A call could not be put to an application.');
      this.#giveUp(call.offerId, 'The call could not be put to the application.');
    });
  }

  /** The caller has hung up, or somebody has answered. */
  withdraw(offerId: string): void {
    this.#take(offerId);
  }

  /** @param requestId of a repeatable request. */
  redirect(context: string, target: RedirectTarget, requestId?: string): Outcome {
    return this.#hear(context, { kind: 'redirect', target }, requestId);
  }

  reject(context: string, reason: RejectReason, requestId?: string): Outcome {
    return this.#hear(context, { kind: 'reject', reason }, requestId);
  }

  /** The application takes the call itself. */
  answer(context: string, application: ApplicationIdentity, requestId?: string): Outcome {
    return this.#hear(context, { kind: 'answer', application }, requestId);
  }

  /** The call that a context is of, while it waits. */
  find(context: string): OfferedCall | undefined {
    const offerId = this.#contexts.read(context);
    return offerId === undefined ? undefined : this.#waiting.get(offerId)?.call;
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
    for (const offerId of this.#waiting.keys()) this.#take(offerId);
  }

  async #put({ call, over }: WaitingCall, urls: readonly string[], { decideWithinMs, told }: AskOptions): Promise<void> {
    const { resourceId, serverCallIdOf, now } = this.#options;
    const event = incomingCallEvent(call, { resourceId: resourceId(), serverCallId: serverCallIdOf(call.callId), incomingCallContext: this.#contexts.write(call.offerId) }, now());
    const receipts = await Promise.all(urls.map((url) => this.#deliver(call.callId, url, event, over.signal, told)));
    if (over.signal.aborted) return;
    if (!receipts.some(({ isTaken }) => isTaken)) {
      this.#giveUp(call.offerId, `The application that decides about this call cannot be reached: ${receipts[0]?.sentence}`);
    } else if (decideWithinMs !== undefined) {
      await after(decideWithinMs, undefined, { signal: over.signal }).catch(() => undefined);
      this.#giveUp(call.offerId, `The application said nothing about this call within ${decideWithinMs / 1000} seconds.`);
    }
  }

  async #deliver(callId: string, url: string, event: object, signal: AbortSignal, told: AskOptions['told']): Promise<WebhookReceipt> {
    const { sender, resourceId, logger, retryAfterMs = presetRetriesMs } = this.#options;
    let failures = 0;
    const receipt = await sender.deliver({
      url, resourceId: resourceId(), body: [event], retryAfterMs, signal,
      headers: (tries) => ({ 'aeg-event-type': 'Notification', 'aeg-delivery-count': String(tries) }),
      onRetry: (outcome) => {
        failures += 1;
        told?.(url, { outcome: 'failed', sentence: outcome });
        logger.warn({ callId, outcome }, 'A webhook did not take an incoming call; it is told again.');
      },
    });
    const { isTaken, sentence } = receipt;
    if (isTaken || !signal.aborted) told?.(url, { outcome: isTaken ? 'taken' : 'failed', sentence });
    else if (failures === 0) told?.(url, { outcome: 'overtaken', sentence: 'the call was answered, decided or over first.' });
    if (!isTaken && !signal.aborted) logger.warn({ callId, outcome: sentence }, 'A webhook did not take an incoming call.');
    return receipt;
  }

  #hear(context: string, decision: CallDecision, requestId: string | undefined): Outcome {
    const offerId = this.#contexts.read(context);
    if (offerId === undefined) return Promise.resolve(notFound);
    const known = requestId === undefined ? undefined : this.#words.get(requestId);
    if (known?.offerId === offerId) return known.outcome;
    const waiting = this.#waiting.get(offerId);
    if (waiting?.word !== 'awaited') return Promise.resolve(notFound);
    const outcome = this.#carryOut(offerId, waiting, decision);
    if (requestId !== undefined) this.#remember(requestId, { offerId, outcome });
    return outcome;
  }

  async #carryOut(offerId: string, waiting: WaitingCall, decision: CallDecision): Outcome {
    this.#waiting.set(offerId, { ...waiting, word: 'given' });
    const outcome = await waiting.listener.decided(decision);
    if (outcome.ok || outcome.code === 'INCOMING_CALL_NOT_FOUND') this.#take(offerId);
    else if (this.#waiting.has(offerId)) this.#waiting.set(offerId, waiting);
    return outcome;
  }

  #giveUp(offerId: string, sentence: string): void {
    this.#take(offerId)?.listener.undecided(sentence);
  }

  #take(offerId: string): WaitingCall | undefined {
    const waiting = this.#waiting.get(offerId);
    this.#waiting.delete(offerId);
    waiting?.over.abort();
    return waiting;
  }

  #remember(requestId: string, word: { readonly offerId: string; readonly outcome: Outcome }): void {
    const [oldest] = this.#words.keys();
    if (this.#words.size >= mostWords && oldest !== undefined) this.#words.delete(oldest);
    this.#words.set(requestId, word);
  }
}

function responseCode(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly validationResponse?: unknown } | null)?.validationResponse;
  } catch {
    return undefined;
  }
}
