import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { DeadlineHeap, earliest, type Instant, type Machine } from '@dialplane/sansio';
import { UserAgent, type LinkedMessage, type PeerHealthChanged, type RegistrationChanged, type SessionEvent, type SipFlow, type SipMessage, type SipOrigin, type UserAgentCommand, type UserAgentEvent, type UserAgentOptions, type UserAgentSend, type WatchCommand, type RegisterCommand } from '@dialplane/sip';
import type { LineCommand, LineEvent } from '@dialplane/telephony-api';
import type { FarSide } from '../line/far-side.ts';
import { Line, type LineInput } from '../line/line.ts';
import type { LineOutput, TrunkCalled } from '../line/live-line.ts';
import { CallNames, type NamingOutput } from './call-names.ts';
import type { DialCommand, IncomingDecision, LineDirectory } from './line-directory.ts';

/** What the agent is given. */
export type AgentInput =
  | { readonly kind: 'received'; readonly message: SipMessage; readonly flow: SipFlow; readonly origin: SipOrigin }
  | { readonly kind: 'command'; readonly command: LineCommand }
  | { readonly kind: 'media'; readonly event: MediaEvent }
  /** What an application has decided about a call that was to be decided later. */
  | { readonly kind: 'decided'; readonly lineId: string; readonly decision: Exclude<IncomingDecision, { readonly kind: 'later' }> }
  /** Every line is hung up, every call from outside that waits refused. */
  | { readonly kind: 'shutDown' }
  /** Trunks are registered with and watched. */
  | { readonly kind: 'trunk'; readonly command: RegisterCommand | WatchCommand | Extract<UserAgentCommand, { readonly kind: 'unregister' | 'unwatch' }> };

/** What it wants done. */
export type AgentOutput =
  | { readonly kind: 'send'; readonly message: SipMessage; readonly about: LinkedMessage }
  | { readonly kind: 'tell'; readonly event: LineEvent }
  | { readonly kind: 'media'; readonly command: MediaCommand }
  /** A call from outside is over before it was decided about. */
  | { readonly kind: 'withdrawn'; readonly lineId: string }
  | NamingOutput
  | TrunkCalled
  | { readonly kind: 'trunkNews'; readonly news: RegistrationChanged | PeerHealthChanged };

export interface TelephonyAgentOptions extends UserAgentOptions {
  readonly directory: LineDirectory;
  /** Fresh ids of incoming lines. */
  readonly newId: () => string;
}

/** A call that somebody has yet to decide about. */
interface Undecided {
  readonly sessionId: string;
  readonly offer: Uint8Array | undefined;
  readonly sipCallId: string;
}

/**
 * Telephony's user agents: all lines over one SIP user agent, which is the signaling half of the back-to-back user agent (RFC 3261 §6; the other half are
 * legs in the media processor). A line's session is known by the line's id, and lines find each other for transfers.
 */
export class TelephonyAgent implements Machine<AgentInput, AgentOutput> {
  readonly #directory: LineDirectory;
  readonly #newId: () => string;
  readonly #userAgent: UserAgent;
  readonly #lines = new Map<string, Line>();
  /** What the owner wants of lines that are not answered yet: where they may be redirected to follows from it. */
  readonly #dials = new Map<string, DialCommand>();
  readonly #lineOfSession = new Map<string, string>();
  readonly #lineOfLeg = new Map<string, string>();
  readonly #undecided = new Map<string, Undecided>();
  readonly #names = new CallNames((output) => this.#outputs.push(output));
  /** The line whose session is being commanded. */
  #speaking: string | undefined;
  readonly #deadlines = new DeadlineHeap<string>();
  #outputs: AgentOutput[] = [];

  constructor({ directory, newId, ...options }: TelephonyAgentOptions) {
    this.#directory = directory;
    this.#newId = newId;
    this.#userAgent = new UserAgent(options);
  }

  /** Lines that exist. */
  get size(): number {
    return this.#lines.size;
  }

  handle(input: AgentInput, now: Instant): void {
    switch (input.kind) {
      case 'received':
        this.#userAgent.handle(input, now);
        break;
      case 'command':
        this.#obey(input.command, now);
        break;
      case 'media':
        this.#hearMedia(input.event, now);
        break;
      case 'decided':
        this.#decide(input.lineId, input.decision, now);
        break;
      case 'shutDown':
        for (const lineId of this.#lines.keys()) this.#give(lineId, { kind: 'command', command: { kind: 'hangUp', lineId } }, now);
        for (const lineId of this.#undecided.keys()) this.#decide(lineId, { kind: 'refuse', status: 503 }, now);
        break;
      case 'trunk':
        this.#userAgent.handle(input.command, now);
        break;
    }
    this.#drain(now);
  }

  handleTimeout(now: Instant): void {
    this.#userAgent.handleTimeout(now);
    for (let lineId = this.#deadlines.takeDue(now); lineId !== undefined; lineId = this.#deadlines.takeDue(now)) {
      const line = this.#lines.get(lineId);
      if (line === undefined) continue;
      line.handleTimeout(now);
      this.#settle(lineId, line, now);
    }
    this.#drain(now);
  }

  poll(): AgentOutput | undefined {
    return this.#outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.#userAgent.pollTimeout(), this.#deadlines.next());
  }

  #obey(command: LineCommand, now: Instant): void {
    if (command.kind === 'dial') return this.#dial(command, now);
    const { lineId } = command;
    // Of a line that is over nothing more is said.
    if ('callId' in command && this.#lines.has(lineId)) this.#names.nameCall(lineId, command.callId);
    if (command.kind === 'assign') return;
    if (command.kind === 'transfer') {
      const line = this.#lines.get(lineId);
      const replaces = command.replacesLineId === undefined ? undefined : this.#lines.get(command.replacesLineId);
      const isThere = command.replacesLineId === undefined || replaces !== undefined;
      const uri = line?.far === undefined || !isThere ? undefined : this.#directory.addressOf(command.target, line.far);
      this.#give(lineId, { kind: 'transfer', uri, replacesSessionId: replaces?.sessionId, referredBy: undefined }, now);
    } else this.#give(lineId, { kind: 'command', command }, now);
  }

  #dial(command: DialCommand, now: Instant): void {
    const { lineId, callId, conferenceId, legId } = command;
    if (this.#lines.has(lineId)) return;
    const plan = this.#directory.plan(command);
    if (plan.kind === 'refused') {
      this.#outputs.push({ kind: 'tell', event: { kind: 'ended', lineId, end: { by: 'local', refusal: plan.refusal, sentence: plan.sentence } } });
      return;
    }
    this.#names.nameCall(lineId, callId);
    this.#dials.set(lineId, plan.dial);
    this.#add(lineId, Line.outgoing({ lineId, identifier: plan.identifier }, plan.attempts, { conferenceId, legId }, now), now);
  }

  #hearMedia(event: MediaEvent, now: Instant): void {
    if (!('legId' in event) || event.legId === undefined) return;
    const lineId = this.#lineOfLeg.get(event.legId);
    if (lineId !== undefined) this.#give(lineId, { kind: 'media', event }, now);
    if (event.kind === 'dtmfReceived') this.#passKeyOn(event, now);
  }

  /** Keys of others in the conference go to a telephone as packets or tones by the media processor, but by INFO only from here. */
  #passKeyOn({ conferenceId, legId, tone }: Extract<MediaEvent, { readonly kind: 'dtmfReceived' }>, now: Instant): void {
    for (const [lineId, { far, place }] of this.#lines) {
      if (far?.media.dtmf !== 'info' || place?.conferenceId !== conferenceId || place.legId === legId) continue;
      this.#give(lineId, { kind: 'command', command: { kind: 'sendDtmf', lineId, tones: tone } }, now);
    }
  }

  #hearSession(event: SessionEvent, now: Instant): void {
    if (event.kind === 'incoming') return this.#receive(event, now);
    const lineId = this.#lineOfSession.get(event.sessionId);
    if (lineId === undefined) return;
    if (event.kind === 'referReceived') this.#hearRefer(lineId, event, now);
    else this.#give(lineId, { kind: 'session', event }, now);
    if (event.kind === 'ended') this.#closeSession(lineId, event.sessionId);
  }

  /** Its last message was sent, or has come. */
  #closeSession(lineId: string, sessionId: string): void {
    this.#lineOfSession.delete(sessionId);
    if (this.#undecided.get(lineId)?.sessionId === sessionId) {
      this.#undecided.delete(lineId);
      this.#outputs.push({ kind: 'withdrawn', lineId });
    }
    if (!this.#lines.has(lineId) && !this.#undecided.has(lineId)) this.#names.forget(lineId);
  }

  #receive(event: Extract<SessionEvent, { readonly kind: 'incoming' }>, now: Instant): void {
    const { sessionId, request, description, replacesSessionId } = event;
    const replaced = replacesSessionId === undefined ? undefined : this.#lineOfSession.get(replacesSessionId);
    if (replaced !== undefined) {
      this.#lineOfSession.set(sessionId, replaced);
      return this.#give(replaced, { kind: 'replaced', sessionId, offer: description }, now);
    }
    const lineId = this.#newId();
    this.#lineOfSession.set(sessionId, lineId);
    this.#undecided.set(lineId, { sessionId, offer: description, sipCallId: request.headers.first('Call-ID') ?? '' });
    const decision = this.#directory.receive(lineId, request, event.origin as SipOrigin);
    if (decision.kind !== 'later') this.#decide(lineId, decision, now);
  }

  #decide(lineId: string, decision: Exclude<IncomingDecision, { readonly kind: 'later' }>, now: Instant): void {
    const undecided = this.#undecided.get(lineId);
    if (undecided === undefined) return;
    this.#undecided.delete(lineId);
    const { sessionId, offer, sipCallId } = undecided;
    if (decision.kind === 'refuse') {
      const { status, reason, headers } = decision;
      this.#userAgent.handle({ kind: 'refuse', sessionId, status, ...(reason !== undefined && { reason }), ...(headers !== undefined && { headers }) }, now);
      return;
    }
    const { far, line } = decision;
    this.#names.addDialog(lineId, sipCallId, laneOf(far));
    this.#add(lineId, Line.incoming({ lineId, identifier: line.from }, sessionId, far, offer, { kind: 'incoming', line: { ...line, lineId } }), now);
  }

  #hearRefer(lineId: string, event: Extract<SessionEvent, { readonly kind: 'referReceived' }>, now: Instant): void {
    const far = this.#lines.get(lineId)?.far;
    const target = far === undefined ? undefined : this.#directory.targetOf(event.target, far);
    const replacesLineId = event.replacesSessionId === undefined ? undefined : this.#lineOfSession.get(event.replacesSessionId);
    this.#give(lineId, { kind: 'referred', event, target, replacesLineId }, now);
  }

  #add(lineId: string, line: Line, now: Instant): void {
    this.#lines.set(lineId, line);
    this.#settle(lineId, line, now);
  }

  #give(lineId: string, input: LineInput, now: Instant): void {
    const line = this.#lines.get(lineId);
    if (line === undefined) return;
    line.handle(input, now);
    this.#settle(lineId, line, now);
  }

  /** Carries out what a line wants, and remembers when it is to be woken. */
  #settle(lineId: string, line: Line, now: Instant): void {
    for (let output = line.poll(); output !== undefined; output = line.poll()) {
      if (output.kind === 'session') this.#command(lineId, output.command, now);
      else if (output.kind === 'media') this.#commandMedia(lineId, output.command);
      else if (output.kind === 'redirected') this.#redirect(lineId, line, output, now);
      else this.#outputs.push(output);
    }
    const next = line.pollTimeout();
    if (next !== undefined) this.#deadlines.add(next, lineId);
    if (line.isOver) this.#lines.delete(lineId);
    if (!line.isDialling) this.#dials.delete(lineId);
  }

  #redirect(lineId: string, line: Line, { far, contacts, reason }: Extract<LineOutput, { readonly kind: 'redirected' }>, now: Instant): void {
    const dial = this.#dials.get(lineId);
    const plan = dial === undefined ? undefined : this.#directory.redirect(dial, far, contacts, reason);
    if (plan?.kind === 'ways') this.#dials.set(lineId, plan.dial);
    if (plan !== undefined) line.handle({ kind: 'redirection', answer: plan }, now);
  }

  #command(lineId: string, command: Extract<UserAgentCommand, { readonly sessionId: string }>, now: Instant): void {
    this.#lineOfSession.set(command.sessionId, lineId);
    this.#speaking = command.kind === 'invite' ? lineId : undefined;
    this.#userAgent.handle(command, now);
    this.#drain(now);
    this.#speaking = undefined;
  }

  #commandMedia(lineId: string, command: MediaCommand): void {
    if (command.kind === 'openLeg') this.#lineOfLeg.set(command.legId, lineId);
    else if (command.kind === 'closeLeg') this.#lineOfLeg.delete(command.legId);
    this.#outputs.push({ kind: 'media', command });
  }

  #drain(now: Instant): void {
    for (let output = this.#userAgent.poll(); output !== undefined; output = this.#userAgent.poll()) {
      if (output.kind === 'send') this.#send(output);
      else this.#hear(output, now);
    }
  }

  #send({ message, trunkId }: UserAgentSend): void {
    const far = this.#speaking === undefined ? undefined : this.#lines.get(this.#speaking)?.far;
    if (this.#speaking !== undefined && far !== undefined) this.#names.addDialog(this.#speaking, message.headers.first('Call-ID') ?? '', laneOf(far));
    // Of a first INVITE only: who has challenged it, or is in a dialog with us, is there.
    const firstResponseMs = far?.firstResponseMs;
    this.#outputs.push({ kind: 'send', message, about: { ...(trunkId !== undefined && { trunkId }), ...(firstResponseMs !== undefined && { firstResponseMs }) } });
  }

  #hear(event: UserAgentEvent, now: Instant): void {
    switch (event.kind) {
      case 'registrationChanged':
      case 'peerHealthChanged':
        this.#outputs.push({ kind: 'trunkNews', news: event });
        return;
      case 'requestEnded': {
        const lineId = this.#lineOfSession.get(event.requestId);
        if (lineId !== undefined) this.#give(lineId, { kind: 'keySent' }, now);
        return;
      }
      default:
        return this.#hearSession(event, now);
    }
  }
}

function laneOf({ trunk, phone = '' }: FarSide): string {
  return trunk === undefined ? `phone:${phone}` : `trunk:${trunk}`;
}
