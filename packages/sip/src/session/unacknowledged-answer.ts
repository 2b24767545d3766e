import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { SipResponse } from '../message/sip-message.ts';
import { copyOf } from '../message/copy-of.ts';
import { patienceMs } from '../transaction/transaction-times.ts';
import type { SessionKeeper, TheirTransaction } from './session-keeper.ts';

/**
 * A 2xx to an INVITE that waits for its ACK: sent again after T1, 2·T1, … up to every T2, over reliable flows as well, until 64·T1 have passed (RFC 3261 §13.3.1.4).
 */
export class UnacknowledgedAnswer {
  private readonly keeper: SessionKeeper;
  private readonly transaction: TheirTransaction;
  private readonly response: SipResponse;
  private readonly giveUpAt: Instant;
  private intervalMs: number;
  private resendAt: Instant;

  /** Sends the response. */
  constructor(keeper: SessionKeeper, transaction: TheirTransaction, response: SipResponse, now: Instant) {
    this.keeper = keeper;
    this.transaction = transaction;
    this.response = response;
    this.intervalMs = keeper.times.t1Ms;
    this.resendAt = addMilliseconds(now, this.intervalMs);
    this.giveUpAt = addMilliseconds(now, patienceMs(keeper.times));
    keeper.respond(transaction, copyOf(response), now);
  }

  get dueAt(): Instant {
    return this.resendAt < this.giveUpAt ? this.resendAt : this.giveUpAt;
  }

  /** `givenUp`: the peer never acknowledged. */
  handleTimeout(now: Instant): 'waiting' | 'givenUp' {
    if (now >= this.giveUpAt) return 'givenUp';
    if (now < this.resendAt) return 'waiting';
    this.intervalMs = Math.min(2 * this.intervalMs, this.keeper.times.t2Ms);
    this.resendAt = addMilliseconds(now, this.intervalMs);
    this.keeper.respond(this.transaction, copyOf(this.response), now);
    return 'waiting';
  }
}
