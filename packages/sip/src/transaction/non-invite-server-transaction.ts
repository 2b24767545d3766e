import type { Instant } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { WrittenResponse } from '../message/written-response.ts';
import { TimedTransaction, type TransactionKeeper } from './timed-transaction.ts';
import { patienceMs } from './transaction-times.ts';

/**
 * The server side of any request but INVITE and ACK, on one hop (RFC 3261 §17.2.2, figure 8).
 *
 * trying → proceeding (1xx) → completed (final) → terminated (timer J).
 * What the core leaves without an answer terminates as well.
 */
export class NonInviteServerTransaction<Owner> extends TimedTransaction {
  readonly kind = 'nonInviteServer';
  owner: Owner | undefined;
  state: 'trying' | 'proceeding' | 'completed' | 'terminated' = 'trying';
  private readonly keeper: TransactionKeeper<unknown, Owner>;
  private latest: SipResponse | undefined;

  constructor(key: string, request: SipRequest, flow: SipFlow, keeper: TransactionKeeper<unknown, Owner>) {
    super(key, request, flow);
    this.keeper = keeper;
  }

  /** Who asks waits for 64·T1; what nobody has answered by then never needs to be (RFC 4320 §4.2). */
  start(now: Instant): void {
    this.endAfter(patienceMs(this.keeper.times), now);
  }

  /** Sends a response of the core's; anything after a final response is dropped. */
  respond(response: SipResponse, now: Instant): void {
    if (this.state !== 'trying' && this.state !== 'proceeding') return;
    this.latest = response;
    this.send(response);
    if (response.status < 200) {
      this.state = 'proceeding';
      return;
    }
    this.state = 'completed';
    if (this.isReliable) return this.terminate();
    this.absorbFor(patienceMs(this.keeper.times), this.keeper, now);
    this.keeper.schedule(this);
  }

  override keepWritten(bytes: Uint8Array): void {
    if (this.latest !== undefined && !(this.latest instanceof WrittenResponse)) this.latest = new WrittenResponse(this.latest, bytes);
  }

  /** The same request again: answered with what was said last, if anything was. */
  handleRetransmission(): void {
    if (this.latest !== undefined) this.send(this.latest);
  }

  handleSendFailure(): void {}

  protected handleEnd(): void {
    this.terminate();
  }

  protected handleResend(): void {}

  private terminate(): void {
    this.stopTimers();
    this.state = 'terminated';
    this.latest = undefined;
    this.keeper.forget(this);
  }

  private send(message: SipResponse): void {
    this.keeper.put({ kind: 'send', message, flow: this.flow, transaction: this });
  }
}
