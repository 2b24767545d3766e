import { earliest, type Instant } from '@dialplane/sansio';
import type { DigestClient } from '../digest/digest-client.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { SessionCommand, SessionTimerWish, SipRoute } from '../user-agent/user-agent-command.ts';
import type { SessionEnd, SessionEvent } from '../user-agent/user-agent-event.ts';
import type { Visit, Visited } from '../visit-schedule.ts';
import { hangUp, type LastWords } from './hang-up.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { InviteUsage } from './invite-usage.ts';
import type { OutgoingInvite } from './outgoing-invite.ts';
import type { RequestSender, SessionKeeper, TheirTransaction } from './session-keeper.ts';

type SessionPhase =
  | { readonly kind: 'starting' }
  /** We have called and wait for the answer. */
  | { readonly kind: 'calling'; readonly invite: OutgoingInvite }
  /** Somebody calls and waits for ours; also while our 2xx is not acknowledged. */
  | { readonly kind: 'called'; readonly invite: IncomingInvite }
  | { readonly kind: 'answered'; readonly usage: InviteUsage }
  | { readonly kind: 'ended' };

type EventOfSession = SessionEvent extends infer Event ? (Event extends { readonly sessionId: string } ? Omit<Event, 'sessionId'> : never) : never;
type CommandOfSession = Exclude<SessionCommand, { readonly kind: 'invite' }>;

export interface SessionParts {
  readonly sessionId: string;
  readonly route: SipRoute;
  readonly digest: DigestClient | undefined;
  readonly timerWish: SessionTimerWish | undefined;
}

/**
 * One call as its owner sees it: an INVITE, the dialogs that it founds, and the one of them that is left when it is answered.
 *
 * starting → calling → answered → ended; starting → called → answered → ended; every state → ended, and `ended` is told once.
 */
export class Session implements RequestSender {
  readonly sessionId: string;
  readonly route: SipRoute;
  readonly keeper: SessionKeeper;
  readonly digest: DigestClient | undefined;
  timerWish: SessionTimerWish | undefined;
  visit: Visit<Visited> | undefined;
  /** The dialogs in which requests find this session; the keeper's to change. */
  readonly usages = new Set<InviteUsage>();
  private phase: SessionPhase = { kind: 'starting' };

  constructor(keeper: SessionKeeper, parts: SessionParts) {
    this.keeper = keeper;
    this.sessionId = parts.sessionId;
    this.route = parts.route;
    this.digest = parts.digest;
    this.timerWish = parts.timerWish;
  }

  get isEnded(): boolean {
    return this.phase.kind === 'ended';
  }

  /** Whether changes may be offered by re-INVITE: the INVITE has ended on both sides. */
  get isAnswered(): boolean {
    return this.phase.kind === 'answered';
  }

  /** Whether something that we have said reliably is not acknowledged yet: until it is, we may not offer anew (RFC 3311 §5.1). */
  get awaitsPrack(): boolean {
    return this.phase.kind === 'called' && this.phase.invite.awaitsPrack;
  }

  get dueAt(): Instant | undefined {
    const { phase } = this;
    if (phase.kind === 'calling') return phase.invite.dueAt;
    if (phase.kind === 'called') return earliest(phase.invite.dueAt, phase.invite.usage.dueAt);
    return phase.kind === 'answered' ? phase.usage.dueAt : undefined;
  }

  /** What stands for this session where others name it: the answered dialog, or the one that was heard of last. */
  get usage(): InviteUsage | undefined {
    const { phase } = this;
    if (phase.kind === 'answered') return phase.usage;
    if (phase.kind === 'called') return phase.invite.usage;
    return phase.kind === 'calling' ? phase.invite.latestUsage : undefined;
  }

  call(invite: OutgoingInvite, now: Instant): void {
    this.phase = { kind: 'calling', invite };
    invite.start(now);
  }

  beCalled(invite: IncomingInvite): void {
    this.phase = { kind: 'called', invite };
  }

  /** The INVITE is answered and, where it was the peer's, acknowledged. */
  handleAnswered(usage: InviteUsage): void {
    if (!this.isEnded) this.phase = { kind: 'answered', usage };
  }

  handleCommand(command: CommandOfSession, now: Instant): void {
    const { phase } = this;
    if (command.kind === 'end') return this.obeyEnd(command, now);
    if (phase.kind === 'calling') phase.invite.handleCommand(command, now);
    else if (phase.kind === 'called') phase.invite.handleCommand(command, now);
    else if (phase.kind === 'answered') phase.usage.handleCommand(command, now);
  }

  /** A request within one of our dialogs; ACK and CANCEL come their own ways. */
  handleRequest(usage: InviteUsage, transaction: TheirTransaction, now: Instant): void {
    if (this.phase.kind === 'called' && transaction.request.method === 'PRACK') this.phase.invite.handlePrack(transaction, now);
    else usage.handleRequest(transaction, now);
  }

  /** The ACK of a 2xx of ours. */
  handleAck(usage: InviteUsage, ack: SipRequest, now: Instant): void {
    if (this.phase.kind === 'called') this.phase.invite.handleAck(ack, now);
    else usage.handleAck(ack, now);
  }

  handleTimeout(now: Instant): void {
    const { phase } = this;
    if (phase.kind === 'calling') phase.invite.handleTimeout(now);
    else if (phase.kind === 'called') {
      phase.invite.handleTimeout(now);
      if (!this.isEnded) phase.invite.usage.handleTimeout(now);
    } else if (phase.kind === 'answered') phase.usage.handleTimeout(now);
  }

  /** BYE from the peer; already answered. */
  handleBye(bye: SipRequest, now: Instant): void {
    const { phase } = this;
    const end: SessionEnd = { by: 'remote', cause: 'hungUp', reasons: bye.headers.all('Reason'), message: bye };
    if (phase.kind === 'calling') return phase.invite.cancel(end, now);
    if (phase.kind === 'called') phase.invite.handleBye(now);
    else if (phase.kind === 'answered') phase.usage.close(now);
    this.end(end);
  }

  /** Ends the session because something in a dialog went wrong, or its owner wants it: CANCEL, a final response or BYE, whichever the INVITE's state asks for. */
  hangUp(usage: InviteUsage, end: SessionEnd, now: Instant, words?: LastWords): void {
    const { phase } = this;
    if (phase.kind === 'ended') return;
    if (phase.kind === 'calling') return phase.invite.cancel(end, now, words?.reason);
    if (phase.kind === 'called' && phase.invite.isOpen) return phase.invite.giveUp(end, now);
    usage.close(now);
    hangUp(this, usage.dialog, now, words);
    this.end(end);
  }

  tell(event: EventOfSession): void {
    if (!this.isEnded) this.keeper.put({ ...event, sessionId: this.sessionId } as SessionEvent);
  }

  end(end: SessionEnd): void {
    if (this.isEnded) return;
    this.tell({ kind: 'ended', end });
    this.phase = { kind: 'ended' };
    this.keeper.forget(this);
  }

  /** Another session has taken this one's place (RFC 3891 §3). */
  handleReplaced(now: Instant): void {
    const { phase } = this;
    if (phase.kind === 'answered') this.hangUp(phase.usage, { by: 'remote', cause: 'replaced', reasons: [] }, now);
    else if (phase.kind === 'called') this.hangUp(phase.invite.usage, { by: 'remote', cause: 'replaced', reasons: [] }, now);
    else if (phase.kind === 'calling') phase.invite.cancel({ by: 'remote', cause: 'replaced', reasons: [] }, now);
  }

  /** An exchange of descriptions is over. */
  goOn(now: Instant): void {
    if (this.phase.kind === 'called') this.phase.invite.goOn(now);
  }

  private obeyEnd(words: LastWords, now: Instant): void {
    const { phase } = this;
    if (phase.kind === 'calling') phase.invite.cancel({ by: 'local', cause: 'cancelled', reasons: [] }, now, words.reason);
    else if (phase.kind === 'called') phase.invite.end(words, now);
    else if (phase.kind === 'answered') this.hangUp(phase.usage, { by: 'local', cause: 'hungUp', reasons: [] }, now, words);
  }
}

/** What a final response of 300..699 says about the end of a session. */
export function endOfRefusal(response: SipResponse): SessionEnd {
  const retryAfter = Number.parseInt(response.headers.first('Retry-After') ?? '', 10);
  return {
    by: 'remote',
    cause: 'refused',
    status: response.status,
    reasonPhrase: response.reason,
    reasons: response.headers.all('Reason'),
    message: response,
    ...(retryAfter >= 0 ? { retryAfterSeconds: retryAfter } : {}),
    ...(response.status < 400 ? { targets: response.headers.all('Contact') } : {}),
  };
}
