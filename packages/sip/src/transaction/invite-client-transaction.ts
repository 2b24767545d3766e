import type { Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { ackOf } from './derived-requests.ts';
import { never } from '../visit-schedule.ts';
import { TimedTransaction, type TransactionKeeper } from './timed-transaction.ts';
import { patienceMs } from './transaction-times.ts';

/**
 * The client side of an INVITE on one hop (RFC 3261 §17.1.1 with RFC 6026, figure 5).
 *
 * calling → proceeding (1xx) → accepted (2xx) → terminated (timer M); calling, proceeding → completed (3xx-6xx, acknowledged here) → terminated (timer D);
 * calling → terminated (timer B).
 */
export class InviteClientTransaction<Owner> extends TimedTransaction {
  readonly kind = 'inviteClient';
  readonly owner: Owner;
  state: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated' = 'calling';
  private readonly keeper: TransactionKeeper<Owner, unknown>;
  private ack: SipRequest | undefined;

  constructor(key: string, request: SipRequest, flow: SipFlow, owner: Owner, keeper: TransactionKeeper<Owner, unknown>) {
    super(key, request, flow);
    this.owner = owner;
    this.keeper = keeper;
  }

  start(now: Instant): void {
    this.endAfter(patienceMs(this.keeper.times), now);
    if (!this.isReliable) this.resendAfter(this.keeper.times.t1Ms, now);
    this.send(this.request);
  }

  /** Timer B runs out sooner: the core has somewhere else to go when nothing is heard. */
  hurry(firstResponseMs: number, now: Instant): void {
    if (this.state === 'calling' && firstResponseMs < patienceMs(this.keeper.times)) this.endAfter(firstResponseMs, now);
  }

  /** A CANCEL is under way: without a final response by then, none will come (RFC 3261 §9.1). */
  handleCancelled(now: Instant): void {
    if (this.state === 'proceeding') this.endAfter(patienceMs(this.keeper.times), now);
  }

  handleResponse(response: SipResponse, now: Instant): void {
    if (this.state === 'calling' || this.state === 'proceeding') this.advance(response, now);
    else if (this.state === 'accepted' && isSuccess(response)) this.keeper.put({ kind: 'response', transaction: this, response });
    else if (this.state === 'completed' && response.status >= 300 && this.ack !== undefined) this.send(this.ack);
  }

  handleSendFailure(): void {
    if (this.state !== 'calling' && this.state !== 'completed') return;
    this.terminate();
    this.keeper.put({ kind: 'sendFailed', transaction: this });
  }

  protected handleEnd(): void {
    const isUnanswered = this.state === 'calling' || this.state === 'proceeding';
    this.terminate();
    if (isUnanswered) this.keeper.put({ kind: 'timedOut', transaction: this });
  }

  protected handleResend(now: Instant): void {
    this.resendAfter(2 * this.resendIntervalMs, now);
    this.send(this.request);
  }

  private advance(response: SipResponse, now: Instant): void {
    if (response.status < 200) {
      this.resendAt = never;
      if (this.state === 'calling') this.endAt = never;
      this.state = 'proceeding';
    } else if (response.status < 300) {
      this.resendAt = never;
      this.state = 'accepted';
      this.absorbFor(patienceMs(this.keeper.times), this.keeper, now);
    } else {
      this.complete(response, now);
    }
    this.keeper.put({ kind: 'response', transaction: this, response });
  }

  /** RFC 3261 §17.1.1.2: a final response other than 2xx is acknowledged by the transaction; its retransmissions are absorbed for timer D. */
  private complete(response: SipResponse, now: Instant): void {
    this.stopTimers();
    this.state = 'completed';
    this.ack = ackOf(this.request, response);
    this.send(this.ack);
    if (this.isReliable) this.terminate();
    else this.absorbFor(this.keeper.times.absorbMs, this.keeper, now);
  }

  private terminate(): void {
    this.stopTimers();
    this.state = 'terminated';
    this.keeper.forget(this);
  }

  private send(message: SipRequest): void {
    this.keeper.put({ kind: 'send', message, flow: this.flow, transaction: this });
  }
}

function isSuccess(response: SipResponse): boolean {
  return response.status >= 200 && response.status < 300;
}
