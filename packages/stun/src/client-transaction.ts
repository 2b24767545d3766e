import { addMilliseconds, type Instant, type Machine } from '@dialplane/sansio';

/** What a transaction is told. */
export type ClientTransactionInput =
  /** Sends the request; first and once. */
  | { readonly kind: 'start' }
  /** A response with our transaction id arrived and is genuine. */
  | { readonly kind: 'responseAccepted' }
  /** A response with our transaction id arrived that must be treated as if it had not. */
  | { readonly kind: 'responseDiscarded'; readonly integrityViolated: boolean }
  /** A hard ICMP error, or the stream is gone. */
  | { readonly kind: 'pathFailed' };

/** What a transaction wants done. */
export type ClientTransactionOutput =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** The last output. `roundTripMs` only where the request was sent once (Karn's algorithm). */
  | { readonly kind: 'ended'; readonly reason: ClientTransactionEnd; readonly roundTripMs?: number };

export type ClientTransactionEnd = 'answered' | 'timedOut' | 'integrityViolated' | 'pathFailed';

/** Timing of RFC 8489 §6.2. */
export interface ClientTransactionOptions {
  /** Over a reliable transport nothing is sent twice. */
  readonly isReliable: boolean;
  /** Time before the first retransmission. Default 500. */
  readonly rtoMs?: number;
  /** Rc: requests sent at most. Default 7. */
  readonly requestCount?: number;
  /** Rm: wait this many RTO after the last request. Default 16. */
  readonly lastWaitFactor?: number;
  /** Ti: how long to wait over a reliable transport. Default 39500. */
  readonly reliableTimeoutMs?: number;
}

type TransactionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly startedAt: Instant; readonly sent: number; readonly deadline: Instant; readonly integrityViolated: boolean }
  | { readonly kind: 'ended' };

/**
 * One request and its retransmissions (RFC 8489 §6.2.1, §6.2.2). Matching responses by transaction id and judging them is the owner's; 0, 500, 1500,
 * 3500, 7500, 15500 and 31500 ms are the default times of sending, 39500 ms the end.
 *
 * idle → waiting (each retransmission doubles the wait) → ended.
 */
export class ClientTransaction implements Machine<ClientTransactionInput, ClientTransactionOutput> {
  private readonly request: Uint8Array;
  private readonly options: ClientTransactionOptions;
  private readonly outputs: ClientTransactionOutput[] = [];
  private state: TransactionState = { kind: 'idle' };

  /** @param request the encoded request; owned by the transaction from here on. */
  constructor(request: Uint8Array, options: ClientTransactionOptions) {
    this.request = request;
    this.options = options;
  }

  handle(input: ClientTransactionInput, now: Instant): void {
    const { state } = this;
    if (input.kind === 'start') {
      if (state.kind === 'idle') this.send({ startedAt: now, sent: 1, integrityViolated: false }, now);
      return;
    }
    if (state.kind !== 'waiting') return;
    if (input.kind === 'pathFailed') return this.end('pathFailed');
    if (input.kind === 'responseAccepted') return this.end('answered', state.sent === 1 ? now - state.startedAt : undefined);
    if (!input.integrityViolated) return;
    // RFC 8489 §9.2.5: over a stream the violation ends the transaction at once, else it is what a timeout will say.
    if (this.options.isReliable) return this.end('integrityViolated');
    this.state = { ...state, integrityViolated: true };
  }

  handleTimeout(now: Instant): void {
    const { state } = this;
    if (state.kind !== 'waiting' || now < state.deadline) return;
    if (this.options.isReliable || state.sent >= (this.options.requestCount ?? 7)) return this.end(state.integrityViolated ? 'integrityViolated' : 'timedOut');
    this.send({ startedAt: state.startedAt, sent: state.sent + 1, integrityViolated: state.integrityViolated }, now);
  }

  poll(): ClientTransactionOutput | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.state.kind === 'waiting' ? this.state.deadline : undefined;
  }

  private send(next: { readonly startedAt: Instant; readonly sent: number; readonly integrityViolated: boolean }, now: Instant): void {
    this.outputs.push({ kind: 'send', bytes: this.request });
    this.state = { kind: 'waiting', ...next, deadline: addMilliseconds(now, this.waitAfter(next.sent)) };
  }

  private waitAfter(sent: number): number {
    const { isReliable, rtoMs = 500, requestCount = 7, lastWaitFactor = 16, reliableTimeoutMs = 39_500 } = this.options;
    if (isReliable) return reliableTimeoutMs;
    return sent >= requestCount ? rtoMs * lastWaitFactor : rtoMs * 2 ** (sent - 1);
  }

  private end(reason: ClientTransactionEnd, roundTripMs?: number): void {
    this.state = { kind: 'ended' };
    this.outputs.push(roundTripMs === undefined ? { kind: 'ended', reason } : { kind: 'ended', reason, roundTripMs });
  }
}
