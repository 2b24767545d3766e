import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { Dialog } from '../dialog/dialog.ts';
import { writeReplaces } from '../headers/replaces.ts';
import { copyOf } from '../message/copy-of.ts';
import { SipHeaders } from '../message/sip-headers.ts';
import { noBody, type SipRequest, type SipResponse } from '../message/sip-message.ts';
import type { InviteCommand, SessionCommand } from '../user-agent/user-agent-command.ts';
import type { ReceivedDescription, SessionEnd } from '../user-agent/user-agent-event.ts';
import { acknowledgeAnswer } from './acknowledge-answer.ts';
import { ChallengedRequest } from './challenged-request.ts';
import { hangUp } from './hang-up.ts';
import { InviteUsage } from './invite-usage.ts';
import { allowedMethods, supportedTags } from './our-capabilities.ts';
import { acknowledgeProvisional, ReliableReceipt } from './reliable-receipt.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { RequestUser } from './session-keeper.ts';
import { SessionTimer } from './session-timer.ts';
import { endOfRefusal, type Session } from './session.ts';

/** One dialog of the INVITE: forking proxies make several. */
interface Branch {
  readonly tag: string;
  readonly usage: InviteUsage;
  readonly receipt: ReliableReceipt;
  /** The description of an unreliable provisional response. */
  preview: Uint8Array | undefined;
  /** The ACK of its 2xx; `waiting` until the owner has answered the offer in it. */
  ack: SipRequest | 'waiting' | undefined;
}

type InviteState =
  | { readonly kind: 'calling' }
  /** Not wanted any more: CANCEL, as soon as there is a provisional response. What the session ends with, when it does. */
  | { readonly kind: 'cancelling'; readonly end: SessionEnd; readonly reason: string | undefined }
  /** Only 2xx of other branches, and repeated ones, still come. */
  | { readonly kind: 'over' };

const ringMsByDefault = 180_000;

/**
 * The caller's side of an INVITE that founds a session (RFC 3261 §13.2, RFC 3262 §4, RFC 6337 §3.1).
 *
 * calling → over (2xx: the session is answered; 3xx-6xx and silence: it ends); calling → cancelling → over. The first 2xx wins; those of other branches are acknowledged and hung up.
 */
export class OutgoingInvite implements RequestUser {
  private readonly session: Session;
  private readonly command: InviteCommand;
  private readonly sent: ChallengedRequest;
  private readonly branches = new Map<string, Branch>();
  private readonly timer = new SessionTimer();
  private readonly callId: string;
  private readonly localTag: string;
  private sequence: number;
  private state: InviteState = { kind: 'calling' };
  private giveUpAt: Instant | undefined;
  private latest: Branch | undefined;

  constructor(session: Session, command: InviteCommand) {
    this.session = session;
    this.command = command;
    this.callId = session.keeper.newToken();
    this.localTag = session.keeper.newToken();
    this.sequence = session.keeper.randomness.nextUint32() >>> 12;
    this.sent = new ChallengedRequest(this, () => this.build());
  }

  get sender(): Session {
    return this.session;
  }

  get dueAt(): Instant | undefined {
    let due = this.giveUpAt;
    for (const { usage } of this.branches.values()) if (usage.dueAt !== undefined && (due === undefined || usage.dueAt < due)) due = usage.dueAt;
    return due;
  }

  /** Of the branch that was heard of last. */
  get latestUsage(): InviteUsage | undefined {
    return this.latest?.usage;
  }

  start(now: Instant): void {
    this.giveUpAt = addMilliseconds(now, this.command.ringMs ?? ringMsByDefault);
    this.sent.send(now);
  }

  handleCommand(command: Exclude<SessionCommand, { readonly kind: 'invite' | 'end' }>, now: Instant): void {
    this.latest?.usage.handleCommand(command, now);
  }

  /** The call is not wanted any more; the session ends when the INVITE does. */
  cancel(end: SessionEnd, now: Instant, reason?: string): void {
    if (this.state.kind !== 'calling') return;
    this.state = { kind: 'cancelling', end, reason };
    this.giveUpAt = undefined;
    this.sent.abandon();
    this.sendCancel(now);
  }

  handleTimeout(now: Instant): void {
    for (const { usage } of this.branches.values()) usage.handleTimeout(now);
    if (this.giveUpAt !== undefined && now >= this.giveUpAt) this.cancel({ by: 'network', cause: 'noResponse', status: 408, reasons: [] }, now);
  }

  handleResponse(response: SipResponse, now: Instant): void {
    if (response.status < 200) this.handleProvisional(response, now);
    else if (response.status < 300) this.handleAccepted(response, now);
    else this.handleRefused(response, now);
  }

  handleSilence(status: 408 | 503, now: Instant): void {
    this.finish(now);
    if (this.state.kind === 'cancelling') this.session.end(this.state.end);
    else this.session.end({ by: 'network', cause: status === 408 ? 'noResponse' : 'sendFailed', status, reasons: [] });
    this.state = { kind: 'over' };
  }

  private build(): SipRequest {
    const { command, session } = this;
    this.sequence += 1;
    const reliable = command.reliable ?? 'supported';
    const replaced = command.replacesSessionId === undefined ? undefined : session.keeper.sessionNamed(command.replacesSessionId)?.usage?.dialog;
    const headers = new SipHeaders();
    for (const route of command.routeSet ?? []) headers.add('Route', route);
    headers.add('Max-Forwards', '70');
    headers.add('From', `${command.from};tag=${this.localTag}`);
    headers.add('To', command.to ?? `<${command.uri}>`);
    headers.add('Call-ID', this.callId);
    headers.add('CSeq', `${this.sequence} INVITE`);
    headers.add('Contact', `<${command.contact}>`);
    headers.add('Allow', allowedMethods);
    headers.add('Supported', supportedTags(reliable !== 'none'));
    if (reliable === 'required') headers.add('Require', '100rel');
    this.timer.writeRequest(headers, session.timerWish);
    if (replaced !== undefined) {
      headers.add('Require', 'replaces');
      headers.add('Replaces', writeReplaces(replaced.replaces));
    }
    for (const [name, value] of command.headers ?? []) headers.add(name, value);
    return withDescription({ kind: 'request', method: 'INVITE', uri: command.uri, headers, body: noBody }, command.description);
  }

  private handleProvisional(response: SipResponse, now: Instant): void {
    if (this.state.kind === 'cancelling') return this.sendCancel(now);
    if (response.status === 100 || this.state.kind !== 'calling') return;
    const branch = this.branchOf(response);
    const receipt = branch?.receipt.take(response) ?? 'unreliable';
    if (receipt === 'repeated') return;
    if (branch !== undefined) this.latest = branch;
    branch?.usage.learn(response.headers);
    const description = branch === undefined ? undefined : receipt === 'reliable' ? this.takeReliable(branch, response, now) : takePreview(branch, response);
    this.session.tell({ kind: 'progressed', response, earlyDialog: branch?.tag ?? '', ...(description === undefined ? {} : { description }) });
  }

  /** A reliable provisional response: acknowledged at once, or with our answer where it has an offer (RFC 3262 §5). */
  private takeReliable(branch: Branch, response: SipResponse, now: Instant): ReceivedDescription | undefined {
    const { offers } = branch.usage;
    const bytes = readDescription(response);
    if (bytes !== undefined && offers.kind === 'idle') {
      offers.ask({
        bear: (answer, at) => acknowledgeProvisional(branch.usage, response, answer, at),
        refuse: (_status, _headers, at) => this.cancel({ by: 'local', cause: 'noAgreement', reasons: [] }, at),
      });
      return { kind: 'offer', bytes };
    }
    acknowledgeProvisional(branch.usage, response, undefined, now);
    if (bytes === undefined || !offers.awaitsFirstAnswer) return undefined;
    offers.handleAnswer();
    return { kind: 'answer', bytes };
  }

  private handleAccepted(response: SipResponse, now: Instant): void {
    const branch = this.branchOf(response);
    if (branch === undefined) return;
    if (branch.ack === 'waiting') return;
    if (branch.ack !== undefined) return this.session.keeper.acknowledge(copyOf(branch.ack), this.session.route);
    branch.usage.dialog.confirm(response);
    if (this.state.kind !== 'calling') return this.declineAccepted(branch, now);
    this.latest = branch;
    this.state = { kind: 'over' };
    this.finish(now, branch);
    const { session } = this;
    const { usage } = branch;
    usage.learn(response.headers);
    if (this.sent.request !== undefined) usage.timer.handleAnswer(this.sent.request, response, now);
    session.handleAnswered(usage);
    const description = this.takeAnswer(branch, response);
    if (description === 'missing') {
      branch.ack = acknowledgeAnswer(usage, this.sent, undefined);
      return session.hangUp(usage, { by: 'network', cause: 'noAgreement', reasons: [], message: response }, now);
    }
    session.tell({ kind: 'answered', response, earlyDialog: branch.tag, ...(description === undefined ? {} : { description }) });
  }

  /** Acknowledges a 2xx at once, or when our answer is here where it has the offer. */
  private takeAnswer(branch: Branch, response: SipResponse): ReceivedDescription | undefined | 'missing' {
    const { usage } = branch;
    const { offers } = usage;
    const bytes = readDescription(response);
    if (offers.kind === 'idle' && bytes !== undefined) {
      branch.ack = 'waiting';
      offers.ask({
        bear: (answer) => {
          branch.ack = acknowledgeAnswer(usage, this.sent, answer);
        },
        refuse: (_status, _headers, at) => {
          branch.ack = acknowledgeAnswer(usage, this.sent, undefined);
          this.session.hangUp(usage, { by: 'local', cause: 'noAgreement', reasons: [] }, at);
        },
      });
      return { kind: 'offer', bytes };
    }
    const answer = offers.awaitsFirstAnswer ? (bytes ?? branch.preview) : undefined;
    if (offers.kind === 'idle' || (offers.awaitsFirstAnswer && answer === undefined)) return 'missing';
    branch.ack = acknowledgeAnswer(usage, this.sent, undefined);
    if (answer === undefined) return undefined;
    offers.handleAnswer();
    return { kind: 'answer', bytes: answer };
  }

  /** A 2xx that nobody wants: of a call that was cancelled, or of another branch (RFC 3261 §13.2.2.4, RFC 5407 §3.1.2). */
  private declineAccepted(branch: Branch, now: Instant): void {
    branch.ack = acknowledgeAnswer(branch.usage, this.sent, undefined);
    hangUp(this.session, branch.usage.dialog, now);
    if (this.state.kind === 'cancelling') {
      this.finish(now);
      this.session.end(this.state.end);
    }
    this.state = { kind: 'over' };
  }

  private handleRefused(response: SipResponse, now: Instant): void {
    if (this.state.kind === 'over') return;
    if (this.state.kind === 'calling' && response.status === 422 && this.timer.handleTooSmall(response)) return this.sent.send(now);
    this.finish(now);
    const { state } = this;
    this.state = { kind: 'over' };
    this.session.end(state.kind === 'cancelling' ? { ...state.end, status: response.status, reasonPhrase: response.reason } : endOfRefusal(response));
  }

  /** The branches are no dialogs any more, but for the one that is answered. */
  private finish(now: Instant, answered?: Branch): void {
    this.giveUpAt = undefined;
    for (const branch of this.branches.values()) {
      if (branch === answered) continue;
      branch.usage.close(now);
      this.session.keeper.leave(branch.usage);
    }
  }

  private branchOf(response: SipResponse): Branch | undefined {
    const invite = this.sent.request;
    const dialog = invite === undefined ? undefined : Dialog.ofCaller(invite, response, this.command.contact);
    if (dialog === undefined) return undefined;
    const known = this.branches.get(dialog.remoteTag);
    if (known !== undefined) return known;
    // Answers have to be hung up, and so have room of their own.
    const { earlyDialogs } = this.session.keeper.limits;
    if (this.branches.size >= (response.status < 200 ? earlyDialogs : 2 * earlyDialogs)) return undefined;
    const usage = new InviteUsage(this.session, dialog, 'caller');
    if (this.command.description !== undefined) usage.offers.offer(this.command.description);
    const branch: Branch = { tag: dialog.remoteTag, usage, receipt: new ReliableReceipt(), preview: undefined, ack: undefined };
    this.branches.set(dialog.remoteTag, branch);
    if (this.state.kind === 'calling') this.session.keeper.join(usage);
    return branch;
  }

  private sendCancel(now: Instant): void {
    const { transaction } = this.sent;
    if (this.state.kind === 'cancelling' && transaction?.kind === 'inviteClient') this.session.keeper.cancel(transaction, now, this.state.reason);
  }
}

/** What an unreliable provisional response says of the media: good for hearing, no answer yet (RFC 6337 §3.1.1). */
function takePreview(branch: Branch, response: SipResponse): ReceivedDescription | undefined {
  const bytes = readDescription(response);
  if (bytes === undefined || !branch.usage.offers.awaitsFirstAnswer) return undefined;
  branch.preview = bytes;
  return { kind: 'preview', bytes };
}
