import type { Instant } from '@dialplane/sansio';
import { readCSeq } from '../headers/cseq.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { InviteUsage } from './invite-usage.ts';
import type { DescriptionBearer } from './offer-answer.ts';
import { allowedMethods, supportedTags } from './our-capabilities.ts';
import { readDescription, sdpType, withDescription } from './session-body.ts';
import type { RequestServer, TheirTransaction } from './session-keeper.ts';
import type { Session } from './session.ts';
import { UnacknowledgedAnswer } from './unacknowledged-answer.ts';

type IncomingInvite =
  | { readonly kind: 'none' }
  /** The owner has yet to answer. */
  | { readonly kind: 'open'; readonly transaction: TheirTransaction }
  /** Our 2xx to a re-INVITE waits for its ACK. */
  | { readonly kind: 'accepted'; readonly sequence: number; readonly answer: UnacknowledgedAnswer };

/**
 * What the peer changes: re-INVITE (RFC 3261 §14.2) and UPDATE (RFC 3311 §5.2), each with an offer, asking for one, or to refresh the session only.
 *
 * A re-INVITE: none → open → accepted → none; refused: open → none. An UPDATE may come and go beside it, while its offer is not the one under way.
 */
export class IncomingChanges implements RequestServer {
  private readonly usage: InviteUsage;
  private state: IncomingInvite = { kind: 'none' };
  private openUpdate: TheirTransaction | undefined;

  constructor(usage: InviteUsage) {
    this.usage = usage;
  }

  get sender(): Session {
    return this.usage.session;
  }

  get isUnderWay(): boolean {
    return this.state.kind !== 'none';
  }

  get dueAt(): Instant | undefined {
    return this.state.kind === 'accepted' ? this.state.answer.dueAt : undefined;
  }

  handleInvite(transaction: TheirTransaction, now: Instant): void {
    if (this.isRefused(transaction, now)) return;
    const { offers, session } = this.usage;
    transaction.owner = this;
    this.state = { kind: 'open', transaction };
    const description = readDescription(transaction.request);
    if (description === undefined) {
      offers.want(this.bearer(transaction));
      session.tell({ kind: 'offerWanted' });
    } else {
      offers.ask(this.bearer(transaction));
      session.tell({ kind: 'offerReceived', description, request: transaction.request });
    }
  }

  handleUpdate(transaction: TheirTransaction, now: Instant): void {
    const description = readDescription(transaction.request);
    const hasBody = transaction.request.body.length > 0;
    if (hasBody ? this.isRefused(transaction, now) : this.isTooShort(transaction, now)) return;
    if (description === undefined) return this.accept(transaction, undefined, now);
    this.openUpdate = transaction;
    this.usage.offers.ask(this.bearer(transaction));
    this.usage.session.tell({ kind: 'offerReceived', description, request: transaction.request });
  }

  /** The ACK of a 2xx to a re-INVITE; with the answer where that had our offer. */
  handleAck(ack: SipRequest, now: Instant): void {
    if (this.state.kind !== 'accepted' || readCSeq(ack.headers)?.number !== this.state.sequence) return;
    this.state = { kind: 'none' };
    const { offers, session } = this.usage;
    if (offers.kind === 'offered') {
      const description = readDescription(ack);
      if (description === undefined) return session.hangUp(this.usage, { by: 'network', cause: 'noAgreement', reasons: [], message: ack }, now);
      offers.handleAnswer();
      session.tell({ kind: 'answerReceived', description });
    }
    this.usage.goOn(now);
  }

  /** CANCEL of a re-INVITE: its offer is as if it had never been made. */
  handleCancel(_cancel: SipRequest, now: Instant): void {
    if (this.state.kind !== 'open') return;
    this.usage.respond(this.state.transaction, 487, now);
    this.state = { kind: 'none' };
    this.usage.offers.goBack();
    this.usage.goOn(now);
  }

  handleTimeout(now: Instant): void {
    if (this.state.kind !== 'accepted' || this.state.answer.handleTimeout(now) === 'waiting') return;
    this.state = { kind: 'none' };
    this.usage.session.hangUp(this.usage, { by: 'network', cause: 'notAcknowledged', reasons: [] }, now);
  }

  close(now: Instant): void {
    const { state, usage } = this;
    if (state.kind === 'open') usage.respond(state.transaction, 487, now);
    else if (state.kind === 'accepted') usage.session.keeper.outlive(usage.dialog, state.sequence, state.answer);
    if (this.openUpdate !== undefined) usage.respond(this.openUpdate, 487, now);
    this.state = { kind: 'none' };
    this.openUpdate = undefined;
  }

  /** What an offer meets that comes at the wrong time (RFC 3261 §14.2, RFC 3311 §5.2, RFC 6337 §4.2). */
  private isRefused(transaction: TheirTransaction, now: Instant): boolean {
    const { usage } = this;
    const { request } = transaction;
    if (request.body.length > 0 && readDescription(request) === undefined) {
      usage.respond(transaction, 415, now, [['Accept', sdpType]]);
      return true;
    }
    const crosses = usage.offers.kind === 'offered' || (request.method === 'INVITE' && usage.outgoing.hasOpenInvite);
    if (crosses) usage.respond(transaction, 491, now);
    else if (usage.offers.kind !== 'agreed' || (request.method === 'INVITE' && usage.dialog.state === 'early')) usage.respond(transaction, 500, now, [['Retry-After', String(usage.session.keeper.randomness.nextUint32() % 11)]]);
    else return this.isTooShort(transaction, now);
    return true;
  }

  private isTooShort(transaction: TheirTransaction, now: Instant): boolean {
    const least = this.usage.timer.refusalOf(transaction.request, this.usage.session.keeper.minSessionSeconds);
    if (least !== undefined) this.usage.respond(transaction, 422, now, [['Min-SE', String(least)]]);
    return least !== undefined;
  }

  private bearer(transaction: TheirTransaction): DescriptionBearer {
    return {
      bear: (description, now) => this.accept(transaction, description, now),
      refuse: (status, headers, now) => {
        this.settle(transaction);
        this.usage.respond(transaction, status, now, headers);
      },
    };
  }

  private accept(transaction: TheirTransaction, description: Uint8Array | undefined, now: Instant): void {
    const { session, dialog, timer } = this.usage;
    const { keeper } = session;
    const { request } = transaction;
    dialog.refreshTarget(request.headers);
    const headers = [['Contact', `<${dialog.contact}>`], ['Allow', allowedMethods], ['Supported', supportedTags(true)], ...keeper.productHeaders.response] as const;
    const response = responseTo(request, 200, { headers });
    // A session that is not answered has no time yet.
    if (dialog.state === 'confirmed') timer.answer(request, response.headers, session.timerWish, now);
    const answer = withDescription(response, description);
    if (request.method === 'INVITE') this.state = { kind: 'accepted', sequence: readCSeq(request.headers)?.number ?? 0, answer: new UnacknowledgedAnswer(keeper, transaction, answer, now) };
    else {
      this.settle(transaction);
      keeper.respond(transaction, answer, now);
    }
  }

  /** Nobody waits for an answer to this request any more. */
  private settle(transaction: TheirTransaction): void {
    if (this.openUpdate === transaction) this.openUpdate = undefined;
    if (this.state.kind === 'open' && this.state.transaction === transaction) this.state = { kind: 'none' };
  }
}
