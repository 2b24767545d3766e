import { earliest, type Instant } from '@dialplane/sansio';
import type { Dialog } from '../dialog/dialog.ts';
import { readContentType } from '../headers/content.ts';
import { readAllow } from '../headers/option-tags.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { SessionCommand } from '../user-agent/user-agent-command.ts';
import { IncomingChanges } from './incoming-changes.ts';
import { sendRequest } from './send-request.ts';
import { OfferAnswer } from './offer-answer.ts';
import { allowedMethods, supportedTags } from './our-capabilities.ts';
import { OutgoingChanges } from './outgoing-changes.ts';
import { Referrals } from './referrals.ts';
import { sdpType, withBody } from './session-body.ts';
import type { TheirTransaction } from './session-keeper.ts';
import { SessionTimer } from './session-timer.ts';
import type { Session } from './session.ts';

/** Who has called whom in a dialog. */
export type DialogRole = 'caller' | 'callee';

/** What an INVITE has founded in a dialog (RFC 5057 §3): its description, its timer, changes of both and all other requests in it, until BYE. */
export class InviteUsage {
  readonly session: Session;
  readonly dialog: Dialog;
  readonly role: DialogRole;
  readonly offers = new OfferAnswer();
  readonly timer = new SessionTimer();
  readonly outgoing: OutgoingChanges;
  readonly incoming: IncomingChanges;
  readonly referrals: Referrals;
  /** Whether the peer takes UPDATE (RFC 3311 §4). */
  takesUpdate = false;

  constructor(session: Session, dialog: Dialog, role: DialogRole) {
    this.session = session;
    this.dialog = dialog;
    this.role = role;
    this.outgoing = new OutgoingChanges(this);
    this.incoming = new IncomingChanges(this);
    this.referrals = new Referrals(this);
  }

  get dueAt(): Instant | undefined {
    return earliest(earliest(this.timer.dueAt, this.outgoing.dueAt), earliest(this.incoming.dueAt, this.referrals.dueAt));
  }

  /** What a message of the peer says about what it can. */
  learn(headers: SipHeaders): void {
    this.takesUpdate = readAllow(headers)?.has('UPDATE') ?? this.takesUpdate;
  }

  handleRequest(transaction: TheirTransaction, now: Instant): void {
    const { request } = transaction;
    if (this.dialog.admit(request) === 'outOfOrder') return this.respond(transaction, 500, now);
    this.learn(request.headers);
    switch (request.method) {
      case 'BYE':
        this.respond(transaction, 200, now);
        return this.session.handleBye(request, now);
      case 'INVITE':
        return this.incoming.handleInvite(transaction, now);
      case 'UPDATE':
        return this.incoming.handleUpdate(transaction, now);
      case 'REFER':
        return this.referrals.handleRefer(transaction, now);
      case 'NOTIFY':
        return this.referrals.handleNotify(transaction, now);
      case 'INFO':
        this.respond(transaction, 200, now);
        return this.session.tell({ kind: 'infoReceived', contentType: readContentType(request.headers)?.type ?? '', body: request.body });
      case 'OPTIONS':
        return this.respond(transaction, 200, now, [['Allow', allowedMethods], ['Accept', sdpType], ['Supported', supportedTags(true)]]);
      default:
        return this.respond(transaction, request.method === 'PRACK' ? 481 : 405, now, request.method === 'PRACK' ? [] : [['Allow', allowedMethods]]);
    }
  }

  handleAck(ack: SipRequest, now: Instant): void {
    this.incoming.handleAck(ack, now);
  }

  handleCommand(command: Exclude<SessionCommand, { readonly kind: 'invite' | 'end' }>, now: Instant): void {
    switch (command.kind) {
      case 'offer':
        return this.outgoing.change(command, now);
      case 'answerOffer':
        if (this.offers.bear(command.description, now)) this.goOn(now);
        return;
      case 'refuseOffer':
        if (this.offers.refuse(command.status, command.headers ?? [], now)) this.goOn(now);
        return;
      case 'info':
        return this.sendInfo(command, now);
      case 'refer':
        return this.referrals.refer(command, now);
      case 'answerRefer':
        return this.referrals.answer(command.referId, command.status, now);
      case 'reportRefer':
        return this.referrals.report(command, now);
      default:
    }
  }

  handleTimeout(now: Instant): void {
    this.incoming.handleTimeout(now);
    this.outgoing.handleTimeout(now);
    this.referrals.handleTimeout(now);
    const due = this.timer.handleTimeout(now);
    if (due === 'refresh') this.outgoing.refresh(now);
    else if (due === 'expired') this.session.hangUp(this, { by: 'network', cause: 'expired', reasons: [] }, now, { reason: 'SIP ;cause=408 ;text="Session timer expired"' });
  }

  /** An exchange of descriptions is over: what has waited for that goes on. */
  goOn(now: Instant): void {
    this.session.goOn(now);
    this.outgoing.goOn(now);
  }

  /** The session ends: what the peer still waits for is answered. */
  close(now: Instant): void {
    this.incoming.close(now);
    this.outgoing.close(now);
    this.referrals.close(now);
  }

  respond(transaction: TheirTransaction, status: number, now: Instant, headers: readonly (readonly [string, string])[] = []): void {
    const { keeper } = this.session;
    keeper.respond(transaction, responseTo(transaction.request, status, { headers: [...headers, ...keeper.productHeaders.response] }), now);
  }

  /** The peer says that it knows nothing of this dialog: it is over on our side as well (RFC 3261 §12.2.1.2). */
  handleLoss(now: Instant): void {
    this.session.hangUp(this, { by: 'network', cause: 'dialogLost', reasons: [] }, now);
  }

  private sendInfo(command: Extract<SessionCommand, { readonly kind: 'info' }>, now: Instant): void {
    const build = () => {
      const info = this.dialog.request('INFO');
      for (const [name, value] of command.headers ?? []) info.headers.add(name, value);
      return withBody(info, command.contentType, command.body);
    };
    sendRequest(this.session, build, (outcome, at) => {
      if (this.session.isEnded) return;
      this.session.keeper.put({ kind: 'requestEnded', requestId: command.requestId, ...outcome });
      if (outcome.status === 481) this.handleLoss(at);
    }, now);
  }
}
