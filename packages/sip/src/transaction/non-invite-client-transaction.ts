import type { Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { never } from '../visit-schedule.ts';
import { TimedTransaction, type TransactionKeeper } from './timed-transaction.ts';
import { patienceMs } from './transaction-times.ts';

/**
 * The client side of any request but INVITE and ACK, on one hop (RFC 3261 §17.1.2, figure 6).
 *
 * trying → proceeding (1xx) → completed (final) → terminated (timer K); trying, proceeding → terminated (timer F).
 */
export class NonInviteClientTransaction<Owner> extends TimedTransaction {
  readonly kind = 'nonInviteClient';
  readonly owner: Owner;
  state: 'trying' | 'proceeding' | 'completed' | 'terminated' = 'trying';
  protected readonly keeper: TransactionKeeper<Owner, unknown>;

  constructor(key: string, request: SipRequest, flow: SipFlow, owner: Owner, keeper: TransactionKeeper<Owner, unknown>) {
    super(key, request, flow);
    this.owner = owner;
    this.keeper = keeper;
  }

  start(now: Instant): void {
    this.endAfter(patienceMs(this.keeper.times), now);
    if (!this.isReliable) this.resendAfter(this.keeper.times.t1Ms, now);
    this.send();
  }

  handleResponse(response: SipResponse, now: Instant): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    if (response.status < 200) {
      // RFC 3261 §17.1.2.2: from the first provisional on, timer E runs at T2.
      if (this.state === 'trying' && !this.isReliable) this.resendAfter(this.keeper.times.t2Ms, now);
      this.state = 'proceeding';
    } else {
      this.state = 'completed';
      this.resendAt = never;
      if (this.isReliable) this.terminate();
      else this.absorbFor(this.keeper.times.t4Ms, this.keeper, now);
    }
    this.tell({ kind: 'response', response });
  }

  handleSendFailure(): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    this.terminate();
    this.tell({ kind: 'sendFailed' });
  }

  protected handleEnd(): void {
    const isUnanswered = this.state !== 'completed';
    this.terminate();
    if (isUnanswered) this.tell({ kind: 'timedOut' });
  }

  protected handleResend(now: Instant): void {
    const { t2Ms } = this.keeper.times;
    this.resendAfter(this.state === 'proceeding' ? t2Ms : Math.min(2 * this.resendIntervalMs, t2Ms), now);
    this.send();
  }

  protected tell(news: { readonly kind: 'response'; readonly response: SipResponse } | { readonly kind: 'timedOut' | 'sendFailed' }): void {
    this.keeper.put({ ...news, transaction: this });
  }

  private terminate(): void {
    this.stopTimers();
    this.state = 'terminated';
    this.keeper.forget(this);
  }

  private send(): void {
    this.keeper.put({ kind: 'send', message: this.request, flow: this.flow, transaction: this });
  }
}

/** A CANCEL on its way: what comes back decides nothing, the final response to the INVITE does (RFC 3261 §9.1). */
export class CancelClientTransaction<Owner> extends NonInviteClientTransaction<Owner> {
  protected override tell(): void {}
}
