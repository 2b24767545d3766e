import { addMilliseconds, type Instant, roundedUp } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipMessage, type SipRequest } from '../message/sip-message.ts';
import { never, type Visit, type Visited } from '../visit-schedule.ts';
import type { TransactionOutput } from './transaction-output.ts';
import type { TransactionTimes } from './transaction-times.ts';

/** What a transaction needs of the layer that keeps it. */
export interface TransactionKeeper<ClientOwner, ServerOwner> {
  readonly times: TransactionTimes;
  put(output: TransactionOutput<ClientOwner, ServerOwner>): void;
  /** Has the transaction woken when its {@link TimedTransaction.dueAt} has come; again after each change. */
  schedule(transaction: TimedTransaction): void;
  /** The same for its {@link TimedTransaction.absorbsUntil}. */
  absorb(transaction: TimedTransaction): void;
  /** The transaction is terminated: nothing matches it any more. */
  forget(transaction: TimedTransaction): void;
}

/** What stands where a request was. Nothing is written into it. */
const forgottenRequest: SipRequest = { kind: 'request', method: '', uri: '', headers: new SipHeaders(), body: noBody };

/**
 * A request of one hop, the flow it travels on and the two timers that any transaction has at a time: one that sends the latest message again, one that
 * ends the state it is in. One object without collections or closures, since a busy proxy holds a hundred thousand.
 */
export abstract class TimedTransaction implements Visited {
  readonly key: string;
  /** Emptied by {@link forgetRequest}. */
  request: SipRequest;
  readonly flow: SipFlow;
  visit: Visit<Visited> | undefined;
  protected resendAt: Instant = never;
  protected resendIntervalMs = 0;
  protected endAt: Instant = never;
  /** When the last state ends, in which it only knows retransmissions. */
  absorbsUntil: Instant = never;

  constructor(key: string, request: SipRequest, flow: SipFlow) {
    this.key = key;
    this.request = request;
    this.flow = flow;
  }

  /** Lets go of a request that has its final response, for a core that does not need it any more either: a proxy holds a transaction for half a minute after that. */
  forgetRequest(): void {
    this.request = forgottenRequest;
  }

  /** The bytes that the latest message was written as; a transaction that has to keep it for longer keeps those instead. */
  keepWritten(_bytes: Uint8Array): void {}

  /** When a timer is due next. */
  get dueAt(): Instant {
    return this.resendAt < this.endAt ? this.resendAt : this.endAt;
  }

  get isReliable(): boolean {
    return this.flow.transport !== 'udp';
  }

  handleTimeout(now: Instant): void {
    if (now >= this.endAt || now >= this.absorbsUntil) {
      this.stopTimers();
      this.handleEnd(now);
    } else if (now >= this.resendAt) this.handleResend(now);
  }

  /** The transport could not send this transaction's message (RFC 3261 §17.1.4, RFC 6026 §7.1). */
  abstract handleSendFailure(): void;

  /** The state has lasted as long as it may. */
  protected abstract handleEnd(now: Instant): void;

  /** The latest message is to be sent again. */
  protected abstract handleResend(now: Instant): void;

  protected resendAfter(intervalMs: number, now: Instant): void {
    this.resendIntervalMs = intervalMs;
    this.resendAt = addMilliseconds(now, intervalMs);
  }

  protected endAfter(milliseconds: number, now: Instant): void {
    this.endAt = addMilliseconds(now, milliseconds);
  }

  /** Ends a state in which there is nothing to do but to know retransmissions: up to T1 later than it may, so that half a dozen of a call end together with those of others. */
  protected absorbFor(milliseconds: number, keeper: TransactionKeeper<never, never>, now: Instant): void {
    this.stopTimers();
    this.absorbsUntil = roundedUp(addMilliseconds(now, milliseconds), keeper.times.t1Ms);
    keeper.absorb(this);
  }

  protected stopTimers(): void {
    this.resendAt = never;
    this.endAt = never;
    this.absorbsUntil = never;
  }
}

/** A message on its way out; `transaction` is told when it cannot be sent. */
export interface SendOutput {
  readonly kind: 'send';
  readonly message: SipMessage;
  readonly flow: SipFlow;
  readonly transaction?: TimedTransaction;
}
