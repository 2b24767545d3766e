import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { readCSeq } from '../headers/cseq.ts';
import { copyOf } from '../message/copy-of.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ExtraHeaders } from '../user-agent/user-agent-command.ts';
import { acknowledgeAnswer } from './acknowledge-answer.ts';
import { ChallengedRequest } from './challenged-request.ts';
import type { InviteUsage } from './invite-usage.ts';
import { allowedMethods, supportedTags } from './our-capabilities.ts';
import { acknowledgeProvisional, ReliableReceipt } from './reliable-receipt.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { RequestUser } from './session-keeper.ts';
import type { Session } from './session.ts';

/** A change of ours. `refresh` repeats the description in force, so that the session timer starts again (RFC 4028 §7.4). */
interface Change {
  readonly purpose: 'change' | 'refresh';
  /** The offer; absent: the peer is asked for one. */
  readonly description?: Uint8Array;
  readonly headers?: ExtraHeaders;
}

type ChangeState =
  | { readonly kind: 'none' }
  | { readonly kind: 'sent'; readonly change: Change; readonly sent: ChallengedRequest; readonly method: 'INVITE' | 'UPDATE'; readonly receipt: ReliableReceipt; readonly giveUpAt: Instant }
  /** Offers have crossed, or the peer has said when to come again. */
  | { readonly kind: 'waiting'; readonly change: Change; readonly until: Instant };

/** How long a re-INVITE may be without final response, although it has provisional ones, before it is cancelled. */
const patienceForChangeMs = 64_000;

/**
 * What we change in a session: one request at a time, by re-INVITE (RFC 3261 §14.1), or by UPDATE (RFC 3311) while the session is not answered and to refresh it. Of changes
 * that have to wait, the latest is made.
 *
 * none → sent → none; sent → waiting (491, 500 with Retry-After) → sent.
 */
export class OutgoingChanges implements RequestUser {
  private readonly usage: InviteUsage;
  private state: ChangeState = { kind: 'none' };
  private next: Change | undefined;
  private postponements = 0;
  /** The ACK of the latest re-INVITE; `undefined` while the owner has yet to answer the offer in its 2xx. */
  private acknowledged: { readonly sequence: number; readonly ack: SipRequest | undefined } | undefined;

  constructor(usage: InviteUsage) {
    this.usage = usage;
  }

  get sender(): Session {
    return this.usage.session;
  }

  get hasOpenInvite(): boolean {
    return this.state.kind === 'sent' && this.state.method === 'INVITE';
  }

  get dueAt(): Instant | undefined {
    if (this.state.kind === 'sent') return this.state.giveUpAt;
    return this.state.kind === 'waiting' ? this.state.until : undefined;
  }

  change(wish: { readonly description?: Uint8Array; readonly headers?: ExtraHeaders }, now: Instant): void {
    const { description, headers } = wish;
    this.next = { purpose: 'change', ...(description === undefined ? {} : { description }), ...(headers === undefined ? {} : { headers }) };
    this.goOn(now);
  }

  refresh(now: Instant): void {
    this.next ??= { purpose: 'refresh' };
    this.goOn(now);
  }

  /** Makes the change that waits, if nothing is in its way any more. */
  goOn(now: Instant): void {
    const { usage, state, next } = this;
    if (state.kind !== 'none' || next === undefined || usage.offers.kind !== 'agreed' || usage.session.isEnded) return;
    const isEarly = usage.dialog.state === 'early';
    if (isEarly ? !usage.takesUpdate || next.description === undefined || usage.session.awaitsPrack : usage.incoming.isUnderWay || !usage.session.isAnswered) return;
    this.next = undefined;
    this.send(next, now);
  }

  handleTimeout(now: Instant): void {
    const { state } = this;
    if (state.kind === 'waiting' && now >= state.until) {
      this.state = { kind: 'none' };
      this.next ??= state.change;
      this.goOn(now);
    } else if (state.kind === 'sent' && now >= state.giveUpAt) {
      this.sendCancel(state.sent, now);
      this.state = { ...state, giveUpAt: addMilliseconds(now, patienceForChangeMs) };
    }
  }

  /** The session ends: a re-INVITE without final response might never have one, since who has answered it may be gone. */
  close(now: Instant): void {
    if (this.state.kind === 'sent') this.sendCancel(this.state.sent, now);
  }

  handleResponse(response: SipResponse, now: Instant): void {
    if (this.isRepeatedAnswer(response)) return;
    const { state, usage } = this;
    if (state.kind !== 'sent') return;
    usage.learn(response.headers);
    if (response.status < 200) return usage.session.isEnded ? this.sendCancel(state.sent, now) : this.handleProvisional(response, state.receipt, now);
    this.state = { kind: 'none' };
    if (response.status < 300) this.handleAccepted(state, response, now);
    else this.handleRefused(state.change, state.method, response, now);
    usage.goOn(now);
  }

  handleSilence(status: 408 | 503, now: Instant): void {
    if (this.state.kind !== 'sent') return;
    const { change } = this.state;
    this.state = { kind: 'none' };
    if (status === 408) return this.handleLost(change, now);
    this.goBack(change);
    if (change.purpose === 'change') this.usage.session.tell({ kind: 'offerRefused', status });
    this.usage.goOn(now);
  }

  private sendCancel(sent: ChallengedRequest, now: Instant): void {
    if (sent.transaction?.kind === 'inviteClient') this.usage.session.keeper.cancel(sent.transaction, now);
  }

  private send(change: Change, now: Instant): void {
    const { usage } = this;
    const { session, dialog, offers } = usage;
    const isUpdate = dialog.state === 'early' || (change.purpose === 'refresh' && usage.takesUpdate);
    const description = change.purpose === 'change' ? change.description : isUpdate ? undefined : offers.local;
    const method = isUpdate ? 'UPDATE' : 'INVITE';
    const sent = new ChallengedRequest(this, () => {
      const request = dialog.request(method);
      request.headers.add('Contact', `<${dialog.contact}>`);
      request.headers.add('Allow', allowedMethods);
      request.headers.add('Supported', supportedTags(true));
      if (dialog.state === 'confirmed') usage.timer.writeRequest(request.headers, session.timerWish);
      for (const [name, value] of change.headers ?? []) request.headers.add(name, value);
      return withDescription(request, description);
    });
    this.state = { kind: 'sent', change, sent, method, receipt: new ReliableReceipt(), giveUpAt: addMilliseconds(now, patienceForChangeMs) };
    if (description !== undefined) offers.offer(description);
    sent.send(now);
  }

  private handleProvisional(response: SipResponse, receipt: ReliableReceipt, now: Instant): void {
    if (receipt.take(response) !== 'reliable') return;
    acknowledgeProvisional(this.usage, response, undefined, now);
    const description = readDescription(response);
    if (description === undefined || this.usage.offers.kind !== 'offered') return;
    this.usage.offers.handleAnswer();
    this.usage.session.tell({ kind: 'answerReceived', description });
  }

  private handleAccepted(state: Extract<ChangeState, { readonly kind: 'sent' }>, response: SipResponse, now: Instant): void {
    const { usage } = this;
    const { offers, session } = usage;
    const description = readDescription(response);
    this.postponements = 0;
    usage.dialog.refreshTarget(response.headers);
    if (state.sent.request !== undefined && usage.dialog.state === 'confirmed') usage.timer.handleAnswer(state.sent.request, response, now);
    if (state.method === 'INVITE' && state.change.purpose === 'change' && state.change.description === undefined) return this.handleAskedOffer(state.sent, description);
    if (state.method === 'INVITE') this.acknowledge(state.sent, undefined);
    if (offers.kind !== 'offered') return;
    if (description === undefined) {
      offers.goBack();
      session.tell({ kind: 'offerRefused', status: 488, response });
    } else {
      offers.handleAnswer();
      if (state.change.purpose === 'change') session.tell({ kind: 'answerReceived', description });
    }
  }

  /** We had asked for an offer: it is here, and its answer goes with the ACK. */
  private handleAskedOffer(sent: ChallengedRequest, description: Uint8Array | undefined): void {
    const { offers, session } = this.usage;
    if (description === undefined) {
      this.acknowledge(sent, undefined);
      return session.tell({ kind: 'offerRefused', status: 488 });
    }
    this.acknowledged = { sequence: sequenceOf(sent), ack: undefined };
    offers.ask({
      bear: (answer) => this.acknowledge(sent, answer),
      refuse: (_status, _headers, at) => {
        this.acknowledge(sent, undefined);
        session.hangUp(this.usage, { by: 'local', cause: 'noAgreement', reasons: [] }, at);
      },
    });
    session.tell({ kind: 'offerReceived', description });
  }

  private handleRefused(change: Change, method: 'INVITE' | 'UPDATE', response: SipResponse, now: Instant): void {
    const { usage } = this;
    if (response.status === 408 || response.status === 481) return this.handleLost(change, now);
    this.goBack(change);
    const retryAfterMs = this.retryAfterMs(response);
    if (retryAfterMs !== undefined && this.postponements < 8) {
      this.postponements += 1;
      this.state = { kind: 'waiting', change, until: addMilliseconds(now, retryAfterMs) };
    } else if (response.status === 422 && usage.timer.handleTooSmall(response)) this.next ??= change;
    else if (change.purpose === 'change') usage.session.tell({ kind: 'offerRefused', status: response.status, response });
    else if (method === 'UPDATE' && (response.status === 405 || response.status === 501)) {
      usage.takesUpdate = false;
      this.next ??= change;
    } else usage.timer.handleRefusedRefresh(now);
  }

  /** When to try again: after 491 between 2.1 and 4 s for who has called, up to 2 s for the other (RFC 3261 §14.1); after 500 as it says. */
  private retryAfterMs(response: SipResponse): number | undefined {
    const { usage } = this;
    if (response.status === 491) {
      const steps = usage.session.keeper.randomness.nextUint32();
      return usage.role === 'caller' ? 2100 + 10 * (steps % 191) : 10 * (steps % 201);
    }
    const seconds = response.status === 500 ? Number.parseInt(response.headers.first('Retry-After') ?? '', 10) : Number.NaN;
    return seconds >= 0 && seconds <= 10 ? 1000 * seconds : undefined;
  }

  private handleLost(change: Change, now: Instant): void {
    this.goBack(change);
    if (change.purpose === 'refresh') this.usage.session.hangUp(this.usage, { by: 'network', cause: 'expired', reasons: [] }, now);
    else this.usage.handleLoss(now);
  }

  private goBack(change: Change): void {
    if (this.usage.offers.kind === 'offered' && (change.description !== undefined || change.purpose === 'refresh')) this.usage.offers.goBack();
  }

  private acknowledge(sent: ChallengedRequest, answer: Uint8Array | undefined): void {
    const ack = acknowledgeAnswer(this.usage, sent, answer);
    this.acknowledged = { sequence: sequenceOf(sent), ack };
  }

  /** The 2xx of a re-INVITE that is acknowledged already: the ACK was lost. */
  private isRepeatedAnswer(response: SipResponse): boolean {
    const { acknowledged, usage } = this;
    const cseq = readCSeq(response.headers);
    if (acknowledged === undefined || cseq?.method !== 'INVITE' || cseq.number !== acknowledged.sequence) return false;
    if (acknowledged.ack !== undefined) usage.session.keeper.acknowledge(copyOf(acknowledged.ack), usage.session.route);
    return true;
  }
}

function sequenceOf(sent: ChallengedRequest): number {
  return (sent.request === undefined ? undefined : readCSeq(sent.request.headers)?.number) ?? 0;
}
