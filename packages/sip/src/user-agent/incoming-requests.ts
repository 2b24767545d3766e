import type { Instant } from '@dialplane/sansio';
import { Dialog } from '../dialog/dialog.ts';
import { readAddress, tagOf } from '../headers/address.ts';
import { readReplaces } from '../headers/replaces.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { IncomingInvite } from '../session/incoming-invite.ts';
import { InviteUsage } from '../session/invite-usage.ts';
import { allowedMethods, supportedTags } from '../session/our-capabilities.ts';
import { readDescription, sdpType } from '../session/session-body.ts';
import type { RequestServer, TheirTransaction } from '../session/session-keeper.ts';
import { Session } from '../session/session.ts';
import type { InviteServerTransaction } from '../transaction/invite-server-transaction.ts';
import type { AgentCore } from './agent-core.ts';
import { type Refusal, refusalOf, refusalOfInvite } from './request-screening.ts';

/** Retry-After of calls beyond the limit. */
const busyRetrySeconds = 10;

/** What becomes of requests (RFC 3261 §8.2): refused, answered, given to the session whose dialog they are in, or the beginning of a session. */
export class IncomingRequests {
  private readonly core: AgentCore;

  constructor(core: AgentCore) {
    this.core = core;
  }

  /** @param cancels the INVITE that a CANCEL is for. @param origin what the transport says about who sent it. */
  handle(transaction: TheirTransaction, cancels: InviteServerTransaction<RequestServer> | undefined, origin: unknown, now: Instant): void {
    const { request } = transaction;
    const refusal = refusalOf(request);
    if (refusal !== undefined) return this.refuse(transaction, refusal, now);
    if (request.method === 'CANCEL') return this.handleCancel(transaction, cancels, now);
    if (hasToTag(request)) return this.handleInDialog(transaction, now);
    switch (request.method) {
      case 'INVITE':
        return this.handleInvite(transaction, origin, now);
      case 'OPTIONS':
        return this.refuse(transaction, { status: 200, headers: [['Allow', allowedMethods], ['Accept', sdpType], ['Supported', supportedTags(true)]] }, now);
      case 'REFER':
        // Only who talks to us may ask us to call somebody.
        return this.refuse(transaction, { status: 403 }, now);
      default:
        return this.refuse(transaction, { status: 481 }, now);
    }
  }

  /** The ACK of a 2xx; what belongs to nothing has no answer. */
  handleAck(ack: SipRequest, now: Instant): void {
    const usage = this.core.dialogs.of(ack);
    if (usage === undefined) return this.core.lastAnswers.handleAck(ack);
    usage.session.handleAck(usage, ack, now);
    this.core.visits.add(usage.session);
  }

  private handleCancel(transaction: TheirTransaction, cancels: InviteServerTransaction<RequestServer> | undefined, now: Instant): void {
    const invite = cancels?.owner;
    if (invite === undefined) return this.refuse(transaction, { status: cancels === undefined ? 481 : 200 }, now);
    this.refuse(transaction, { status: 200 }, now);
    invite.handleCancel(transaction.request, now);
    this.core.visits.add(invite.sender);
  }

  private handleInDialog(transaction: TheirTransaction, now: Instant): void {
    const usage = this.core.dialogs.of(transaction.request);
    if (usage === undefined) return this.refuse(transaction, { status: 481 }, now);
    usage.session.handleRequest(usage, transaction, now);
    this.core.visits.add(usage.session);
  }

  private handleInvite(transaction: TheirTransaction, origin: unknown, now: Instant): void {
    const { core } = this;
    const { request, flow } = transaction;
    const refusal = this.refusalOfSession(request) ?? refusalOfInvite(request);
    const replaced = refusal === undefined ? this.replacedBy(request) : undefined;
    const first = refusal ?? (replaced instanceof Session ? undefined : replaced);
    if (first !== undefined) return this.refuse(transaction, first, now);
    const session = new Session(core, { sessionId: core.newToken(), route: { flow }, digest: undefined, timerWish: undefined });
    const dialog = Dialog.ofCallee(request, core.newToken(), core.contactOf(request, flow), core.randomness.nextUint32() >>> 12);
    const usage = new InviteUsage(session, dialog, 'callee');
    const least = usage.timer.refusalOf(request, core.minSessionSeconds);
    if (least !== undefined) return this.refuse(transaction, { status: 422, headers: [['Min-SE', String(least)]] }, now);
    const invite = new IncomingInvite(session, transaction, usage, replaced instanceof Session ? replaced : undefined, now);
    transaction.owner = invite;
    session.beCalled(invite);
    core.sessions.set(session.sessionId, session);
    core.visits.add(session);
    core.join(usage);
    const description = readDescription(request);
    session.tell({
      kind: 'incoming',
      request,
      origin,
      ...(description === undefined ? {} : { description }),
      ...(replaced instanceof Session ? { replacesSessionId: replaced.sessionId } : {}),
    });
  }

  /** RFC 3261 §8.2.2.2: the same request over another way is a loop; more calls than we keep are refused. */
  private refusalOfSession(request: SipRequest): Refusal | undefined {
    if (this.core.dialogs.hasCallOf(request)) return { status: 482 };
    return this.core.sessions.size >= this.core.limits.sessions ? { status: 503, headers: [['Retry-After', String(busyRetrySeconds)]] } : undefined;
  }

  /** The session that an INVITE with Replaces takes over, or how it is refused (RFC 3891 §3). */
  private replacedBy(request: SipRequest): Session | Refusal | undefined {
    const replaces = readReplaces(request.headers);
    if (replaces === 'absent') return undefined;
    if (replaces === 'malformed' || request.headers.has('Join')) return { status: 400 };
    const usage = this.core.dialogs.replacedBy(replaces);
    if (usage === undefined || (usage.dialog.state === 'early' && usage.role === 'callee')) return { status: 481 };
    return replaces.isEarlyOnly && usage.dialog.state === 'confirmed' ? { status: 486 } : usage.session;
  }

  private refuse(transaction: TheirTransaction, refusal: Refusal, now: Instant): void {
    const { core } = this;
    const headers = [...(refusal.headers ?? []), ...core.productHeaders.response];
    const response = responseTo(transaction.request, refusal.status, { toTag: core.newToken(), headers, ...(refusal.reason === undefined ? {} : { reason: refusal.reason }) });
    core.respond(transaction, response, now);
  }
}

function hasToTag(request: SipRequest): boolean {
  const to = readAddress(request.headers, 'To');
  return to !== undefined && tagOf(to) !== undefined;
}
