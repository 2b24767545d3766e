import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { readRAck } from '../headers/rack.ts';
import { copyOf } from '../message/copy-of.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { patienceMs } from '../transaction/transaction-times.ts';
import type { SessionKeeper, TheirTransaction } from './session-keeper.ts';

/** The one that waits for its PRACK. */
interface Outstanding {
  readonly number: number;
  readonly response: SipResponse;
  readonly intervalMs: number;
  readonly resendAt: Instant;
  readonly giveUpAt: Instant;
}

/** Provisional responses that may wait for the one before them; later ones are dropped. */
const queueLimit = 8;

/**
 * The callee's side of reliable provisional responses (RFC 3262 §3): one at a time, sent again after T1, 2·T1, … until its PRACK is here or 64·T1 have passed; those after
 * it wait.
 */
export class ReliableProvisionals {
  private readonly keeper: SessionKeeper;
  private readonly invite: TheirTransaction;
  private readonly inviteSequence: number;
  private readonly queue: SipResponse[] = [];
  private number: number;
  private outstanding: Outstanding | undefined;

  constructor(keeper: SessionKeeper, invite: TheirTransaction, inviteSequence: number) {
    this.keeper = keeper;
    this.invite = invite;
    this.inviteSequence = inviteSequence;
    this.number = keeper.randomness.nextUint32() >>> 1;
  }

  /** Whether one of them was not acknowledged: a 2xx has to wait (RFC 3262 §3). */
  get isWaiting(): boolean {
    return this.outstanding !== undefined;
  }

  get dueAt(): Instant | undefined {
    const { outstanding } = this;
    if (outstanding === undefined) return undefined;
    return outstanding.resendAt < outstanding.giveUpAt ? outstanding.resendAt : outstanding.giveUpAt;
  }

  /** Sends the response, now or when its turn has come. It gets its Require and RSeq here. */
  send(response: SipResponse, now: Instant): void {
    if (this.outstanding === undefined) this.start(response, now);
    else if (this.queue.length < queueLimit) this.queue.push(response);
  }

  /** Whether a PRACK acknowledges the one that waits; if so the next one is sent. */
  handlePrack(prack: SipRequest, now: Instant): boolean {
    const rack = readRAck(prack.headers);
    const isMatch = rack?.responseNumber === this.outstanding?.number && rack?.cseqNumber === this.inviteSequence && rack.method === 'INVITE';
    if (!isMatch || this.outstanding === undefined) return false;
    this.outstanding = undefined;
    const next = this.queue.shift();
    if (next !== undefined) this.start(next, now);
    return true;
  }

  handleTimeout(now: Instant): 'waiting' | 'givenUp' {
    const { outstanding } = this;
    if (outstanding === undefined) return 'waiting';
    if (now >= outstanding.giveUpAt) return 'givenUp';
    if (now < outstanding.resendAt) return 'waiting';
    const intervalMs = 2 * outstanding.intervalMs;
    this.outstanding = { ...outstanding, intervalMs, resendAt: addMilliseconds(now, intervalMs) };
    this.keeper.respond(this.invite, copyOf(outstanding.response), now);
    return 'waiting';
  }

  /** A final response was sent: nothing is sent again. */
  stop(): void {
    this.outstanding = undefined;
    this.queue.length = 0;
  }

  private start(response: SipResponse, now: Instant): void {
    this.number += 1;
    response.headers.add('Require', '100rel');
    response.headers.add('RSeq', String(this.number));
    const { t1Ms } = this.keeper.times;
    this.outstanding = { number: this.number, response, intervalMs: t1Ms, resendAt: addMilliseconds(now, t1Ms), giveUpAt: addMilliseconds(now, patienceMs(this.keeper.times)) };
    this.keeper.respond(this.invite, copyOf(response), now);
  }
}
