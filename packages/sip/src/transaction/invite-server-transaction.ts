import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { never } from '../visit-schedule.ts';
import { WrittenResponse } from '../message/written-response.ts';
import { TimedTransaction, type TransactionKeeper } from './timed-transaction.ts';
import { patienceMs } from './transaction-times.ts';

/**
 * The server side of an INVITE on one hop (RFC 3261 §17.2.1 with RFC 6026, figure 7).
 *
 * proceeding → accepted (2xx from the core, which alone repeats it) → terminated (timer L); proceeding → completed (3xx-6xx) → confirmed (ACK) →
 * terminated (timer I); completed → terminated (timer H, the ACK is missing).
 */
export class InviteServerTransaction<Owner> extends TimedTransaction {
  readonly kind = 'inviteServer';
  owner: Owner | undefined;
  state: 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated' = 'proceeding';
  private readonly keeper: TransactionKeeper<unknown, Owner>;
  private latest: SipResponse | undefined;

  constructor(key: string, request: SipRequest, flow: SipFlow, keeper: TransactionKeeper<unknown, Owner>) {
    super(key, request, flow);
    this.keeper = keeper;
  }

  start(now: Instant): void {
    this.resendAt = addMilliseconds(now, this.keeper.times.tryingMs);
  }

  /** Sends a response of the core's. Another 2xx in state accepted is the core's retransmission; anything after a final response is dropped. */
  respond(response: SipResponse, now: Instant): void {
    if (this.state === 'accepted') {
      if (response.status >= 200 && response.status < 300) this.send(response);
      return;
    }
    if (this.state !== 'proceeding') return;
    this.resendAt = never;
    this.latest = response;
    if (response.status >= 300) this.complete(now);
    else if (response.status >= 200) {
      this.state = 'accepted';
      this.latest = undefined;
      this.absorbFor(patienceMs(this.keeper.times), this.keeper, now);
    }
    this.send(response);
    this.keeper.schedule(this);
  }

  override keepWritten(bytes: Uint8Array): void {
    if (this.latest !== undefined && !(this.latest instanceof WrittenResponse)) this.latest = new WrittenResponse(this.latest, bytes);
  }

  /** The same INVITE again: answered with what was said last; absorbed once a 2xx was sent. */
  handleRetransmission(): void {
    if (this.latest !== undefined && (this.state === 'proceeding' || this.state === 'completed')) this.send(this.latest);
  }

  handleAck(ack: SipRequest, now: Instant): void {
    if (this.state === 'accepted') this.keeper.put({ kind: 'ack', request: ack, flow: this.flow });
    if (this.state !== 'completed') return;
    this.stopTimers();
    this.state = 'confirmed';
    this.latest = undefined;
    if (this.isReliable) this.terminate();
    else this.absorbFor(this.keeper.times.t4Ms, this.keeper, now);
  }

  /** RFC 6026 §7.1: the state stays, so that retransmissions of the INVITE are not taken for new ones. */
  handleSendFailure(): void {}

  protected handleEnd(): void {
    const isUnacknowledged = this.state === 'completed';
    this.terminate();
    if (isUnacknowledged) this.keeper.put({ kind: 'ackMissing', transaction: this });
  }

  protected handleResend(now: Instant): void {
    if (this.state === 'proceeding') return this.respond(responseTo(this.request, 100), now);
    this.resendAfter(Math.min(2 * this.resendIntervalMs, this.keeper.times.t2Ms), now);
    if (this.latest !== undefined) this.send(this.latest);
  }

  private complete(now: Instant): void {
    this.state = 'completed';
    this.endAfter(patienceMs(this.keeper.times), now);
    if (!this.isReliable) this.resendAfter(this.keeper.times.t1Ms, now);
  }

  private terminate(): void {
    this.stopTimers();
    this.state = 'terminated';
    this.keeper.forget(this);
  }

  private send(message: SipResponse): void {
    this.keeper.put({ kind: 'send', message, flow: this.flow, transaction: this });
  }
}
