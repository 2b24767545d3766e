import { addMilliseconds, earliest, type Instant } from '@dialplane/sansio';
import { readCSeq } from '../headers/cseq.ts';
import { isSupported, readOptionTags } from '../headers/option-tags.ts';
import { readSeconds } from '../headers/session-expires.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ExtraHeaders, SessionCommand } from '../user-agent/user-agent-command.ts';
import type { SessionEnd, SessionEndCause } from '../user-agent/user-agent-event.ts';
import type { LastWords } from './hang-up.ts';
import type { InviteUsage } from './invite-usage.ts';
import { allowedMethods, supportedTags } from './our-capabilities.ts';
import { ReliableProvisionals } from './reliable-provisionals.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { RequestServer, TheirTransaction } from './session-keeper.ts';
import type { Session } from './session.ts';
import { UnacknowledgedAnswer } from './unacknowledged-answer.ts';

type AcceptCommand = Extract<SessionCommand, { readonly kind: 'accept' }>;
type ProgressCommand = Extract<SessionCommand, { readonly kind: 'progress' }>;
type RefuseCommand = Extract<SessionCommand, { readonly kind: 'refuse' }>;

type InviteState =
  | { readonly kind: 'ringing' }
  /** The owner has accepted; a reliable provisional response has yet to be acknowledged, or another offer to be answered. */
  | { readonly kind: 'accepting'; readonly command: AcceptCommand }
  /** 200 was sent. `words`: the owner hangs up, which waits for the ACK (RFC 3261 §15). */
  | { readonly kind: 'accepted'; readonly answer: UnacknowledgedAnswer; readonly words?: LastWords }
  | { readonly kind: 'over' };

/** A proxy gives up on an INVITE of which it hears nothing for three minutes (RFC 3261 §13.3.1.1). */
const repeatMs = 60_000;
/** How long somebody may be rung, whatever the caller says in Expires. */
const longestRingMs = 600_000;

/**
 * The callee's side of an INVITE that founds a session (RFC 3261 §13.3, RFC 3262 §3).
 *
 * ringing → accepting → accepted → over (ACK: the session is answered); ringing, accepting → over (refused, cancelled); accepted → over (no ACK: BYE).
 */
export class IncomingInvite implements RequestServer {
  readonly usage: InviteUsage;
  private readonly session: Session;
  private readonly transaction: TheirTransaction;
  private readonly reliable: ReliableProvisionals;
  private readonly replaced: Session | undefined;
  private state: InviteState = { kind: 'ringing' };
  /** What an unreliable provisional response said: its answer is repeated in the 200. */
  private previewed: Uint8Array | undefined;
  /** The provisional response that was sent last, and when it is due again. */
  private latest: { readonly command: ProgressCommand; readonly repeatAt: Instant } | undefined;
  private readonly expireAt: Instant;

  /** @param replaced the session whose place this one takes when it is accepted (RFC 3891). */
  constructor(session: Session, transaction: TheirTransaction, usage: InviteUsage, replaced: Session | undefined, now: Instant) {
    this.session = session;
    this.transaction = transaction;
    this.usage = usage;
    this.replaced = replaced;
    this.reliable = new ReliableProvisionals(session.keeper, transaction, readCSeq(transaction.request.headers)?.number ?? 0);
    if (readDescription(transaction.request) !== undefined) usage.offers.ask();
    usage.learn(transaction.request.headers);
    const expiresSeconds = readSeconds(transaction.request.headers.first('Expires'));
    this.expireAt = addMilliseconds(now, Math.min((expiresSeconds ?? Infinity) * 1000, longestRingMs));
  }

  get sender(): Session {
    return this.session;
  }

  /** Whether it has no final response yet. */
  get isOpen(): boolean {
    return this.state.kind === 'ringing' || this.state.kind === 'accepting';
  }

  get awaitsPrack(): boolean {
    return this.reliable.isWaiting;
  }

  get dueAt(): Instant | undefined {
    if (this.state.kind === 'accepted') return this.state.answer.dueAt;
    if (this.state.kind === 'over') return undefined;
    return earliest(earliest(this.reliable.dueAt, this.expireAt), this.state.kind === 'ringing' ? this.latest?.repeatAt : undefined);
  }

  handleCommand(command: Exclude<SessionCommand, { readonly kind: 'invite' | 'end' }>, now: Instant): void {
    if (command.kind === 'progress') this.progress(command, now);
    else if (command.kind === 'accept') this.accept(command, now);
    else if (command.kind === 'refuse') this.refuse(command, now);
    else this.usage.handleCommand(command, now);
  }

  /** Ends the session from our side, as its state asks for. */
  end(words: LastWords, now: Instant): void {
    const { state } = this;
    if (state.kind === 'accepted') this.state = { ...state, words };
    else this.refuse({ status: 480, headers: [...(words.reason === undefined ? [] : [['Reason', words.reason] as const]), ...(words.headers ?? [])] }, now);
  }

  /** The dialog is lost before the answer. */
  giveUp(end: SessionEnd, now: Instant): void {
    this.finish(this.response(480, []), now);
    this.session.end({ ...end, status: 480 });
  }

  /** CANCEL of this INVITE; its own 200 is sent already (RFC 3261 §9.2). After our final response it changes nothing. */
  handleCancel(cancel: SipRequest, now: Instant): void {
    if (!this.isOpen) return;
    this.finish(this.response(487, []), now);
    this.session.end({ by: 'remote', cause: 'cancelled', reasons: cancel.headers.all('Reason'), message: cancel });
  }

  /** BYE before the ACK, or before our final response (RFC 3261 §15.1.2): the INVITE ends with 487. */
  handleBye(now: Instant): void {
    if (this.isOpen) this.finish(this.response(487, []), now);
    this.state = { kind: 'over' };
    this.usage.close(now);
  }

  /** PRACK: with the answer where our response had the offer, or with another offer (RFC 3262 §5). */
  handlePrack(transaction: TheirTransaction, now: Instant): void {
    const { usage } = this;
    const { request } = transaction;
    if (usage.dialog.admit(request) === 'outOfOrder') return usage.respond(transaction, 500, now);
    if (!this.reliable.handlePrack(request, now)) return usage.respond(transaction, 481, now);
    const description = readDescription(request);
    if (description === undefined) {
      usage.respond(transaction, 200, now);
      // It should have had the answer to our offer.
      if (usage.offers.kind === 'offered') return this.fail(488, 'noAgreement', now);
    } else if (usage.offers.kind === 'offered') {
      usage.offers.handleAnswer();
      usage.respond(transaction, 200, now);
      this.session.tell({ kind: 'answerReceived', description });
    } else if (usage.offers.kind === 'agreed') this.handlePrackOffer(transaction, description);
    else usage.respond(transaction, 488, now);
    usage.goOn(now);
  }

  handleAck(ack: SipRequest, now: Instant): void {
    if (this.state.kind !== 'accepted') return this.usage.handleAck(ack, now);
    if (readCSeq(ack.headers)?.number !== readCSeq(this.transaction.request.headers)?.number) return this.usage.handleAck(ack, now);
    const { words } = this.state;
    const { usage, session } = this;
    this.state = { kind: 'over' };
    this.letGo();
    session.handleAnswered(usage);
    const description = readDescription(ack);
    if (usage.offers.kind === 'offered' && description === undefined) return session.hangUp(usage, { by: 'network', cause: 'noAgreement', reasons: [], message: ack }, now);
    const isAnswer = usage.offers.kind === 'offered' && description !== undefined;
    if (isAnswer) usage.offers.handleAnswer();
    if (words !== undefined) return session.hangUp(usage, { by: 'local', cause: 'hungUp', reasons: [] }, now, words);
    session.tell({ kind: 'acknowledged', ...(isAnswer ? { description: { kind: 'answer', bytes: description } } : {}) });
    usage.outgoing.goOn(now);
  }

  handleTimeout(now: Instant): void {
    if (this.state.kind === 'accepted') {
      if (this.state.answer.handleTimeout(now) === 'givenUp') this.session.hangUp(this.usage, { by: 'network', cause: 'notAcknowledged', reasons: [] }, now);
    } else if (this.state.kind === 'over') return;
    else if (now >= this.expireAt) this.fail(487, 'noResponse', now);
    else if (this.reliable.handleTimeout(now) === 'givenUp') this.fail(504, 'notAcknowledged', now);
    else if (this.latest !== undefined && now >= this.latest.repeatAt) this.progress(this.latest.command, now);
  }

  private progress(command: ProgressCommand, now: Instant): void {
    if (this.state.kind !== 'ringing' || command.status <= 100 || command.status >= 200) return;
    const { offers } = this.usage;
    const { headers } = this.transaction.request;
    const { sessionId, status } = command;
    this.latest = { command: { kind: 'progress', sessionId, status, reliable: false, headers: command.headers ?? [] }, repeatAt: addMilliseconds(now, repeatMs) };
    const isWanted = command.reliable ?? command.description !== undefined;
    const isReliable = readOptionTags(headers, 'Require').has('100rel') || (isWanted && isSupported(headers, '100rel'));
    // An offer of ours cannot go in a response that may be lost (RFC 3262 §5), nor can one that follows what is agreed.
    const isAnswer = offers.kind === 'asked' && !offers.isAnsweredElsewhere;
    const description = isAnswer || (offers.kind === 'idle' && isReliable) ? command.description : undefined;
    const response = withDescription(this.response(command.status, command.headers ?? []), description);
    if (!isReliable) {
      this.previewed = description ?? this.previewed;
      return this.session.keeper.respond(this.transaction, response, now);
    }
    if (description !== undefined && offers.kind === 'asked') offers.answer(description);
    else if (description !== undefined) offers.offer(description);
    this.reliable.send(response, now);
  }

  private accept(command: AcceptCommand, now: Instant): void {
    const needsDescription = this.usage.offers.kind === 'idle' || (this.usage.offers.kind === 'asked' && !this.usage.offers.isAnsweredElsewhere);
    if (this.state.kind !== 'ringing' || (needsDescription && (command.description ?? this.previewed) === undefined)) return;
    this.state = { kind: 'accepting', command };
    this.goOn(now);
  }

  /** Sends the 200 that the owner wants, once no reliable provisional response and no other exchange of descriptions is in its way (RFC 3262 §3, RFC 6337 §3.1.1). */
  goOn(now: Instant): void {
    const { usage, session, state } = this;
    const { offers, dialog } = usage;
    if (state.kind !== 'accepting' || this.reliable.isWaiting || offers.kind === 'offered' || offers.isAnsweredElsewhere) return;
    const { command } = state;
    const description = offers.kind === 'agreed' ? undefined : (command.description ?? this.previewed);
    const response = this.response(200, command.headers ?? []);
    session.timerWish = command.sessionTimer ?? session.timerWish;
    usage.timer.answer(this.transaction.request, response.headers, session.timerWish, now);
    if (description !== undefined && offers.kind === 'asked') offers.answer(description);
    else if (description !== undefined) offers.offer(description);
    dialog.confirm();
    this.state = { kind: 'accepted', answer: new UnacknowledgedAnswer(session.keeper, this.transaction, withDescription(response, description), now) };
    this.replaced?.handleReplaced(now);
  }

  private refuse(command: Pick<RefuseCommand, 'status' | 'reason' | 'headers'>, now: Instant): void {
    if (!this.isOpen || command.status < 300) return;
    const response = this.response(command.status, command.headers ?? [], command.reason);
    this.finish(response, now);
    this.session.end({ by: 'local', cause: 'refused', status: response.status, reasonPhrase: response.reason, reasons: [] });
  }

  private finish(response: SipResponse, now: Instant): void {
    this.reliable.stop();
    this.state = { kind: 'over' };
    this.usage.close(now);
    this.session.keeper.respond(this.transaction, response, now);
    this.letGo();
  }

  /** The transaction goes on without us, to know retransmissions for half a minute. */
  private letGo(): void {
    this.transaction.forgetRequest();
    this.transaction.owner = undefined;
  }

  /** The INVITE comes to nothing, and nobody has wanted that. */
  private fail(status: number, cause: SessionEndCause, now: Instant): void {
    this.finish(this.response(status, []), now);
    this.session.end({ by: 'network', cause, status, reasons: [] });
  }

  private handlePrackOffer(transaction: TheirTransaction, description: Uint8Array): void {
    const { usage, session } = this;
    usage.offers.ask({
      bear: (answer, now) => session.keeper.respond(transaction, withDescription(responseTo(transaction.request, 200), answer), now),
      refuse: (status, headers, now) => usage.respond(transaction, status, now, headers),
    });
    session.tell({ kind: 'offerReceived', description, request: transaction.request });
  }

  private response(status: number, extra: ExtraHeaders, reason?: string): SipResponse {
    const { dialog, session } = this.usage;
    const own = status < 300 ? [['Contact', `<${dialog.contact}>`], ['Allow', allowedMethods], ['Supported', supportedTags(true)]] as const : [];
    const response = responseTo(this.transaction.request, status, { toTag: dialog.localTag, headers: [...own, ...extra, ...session.keeper.productHeaders.response], ...(reason === undefined ? {} : { reason }) });
    if (status < 300) response.headers.addFrom(this.transaction.request.headers, 'Record-Route');
    return response;
  }
}
