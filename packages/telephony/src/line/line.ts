import type { MediaEvent } from '@dialplane/media-api';
import { type Instant, type Machine } from '@dialplane/sansio';
import type { SessionEvent } from '@dialplane/sip';
import type { LineCommand, LineEvent } from '@dialplane/telephony-api';
import { dtmfRelayBody, dtmfRelayType, keyOfInfo } from './dtmf-info.ts';
import { alertCaller, connectSounding, handlePreviewNews, handleSoundingNews, handleSoundingSession, moveSound } from './early-sound.ts';
import type { FarSide, LineAttempt } from './far-side.ts';
import { connectIncoming, handleIncomingLegNews, handleUnansweredSession, rejectIncoming } from './incoming.ts';
import { asLineEnd } from './line-ends.ts';
import type { LegNews, LegPlace } from './line-media.ts';
import type { LineState } from './line-state.ts';
import { LiveLine, type LineOptions, type LineOutput } from './live-line.ts';
import { askWhetherThere, handleLegNews, handleOfferAnswered, handleOffered, handleOfferRefused, handleReplacement, moveLeg, setHeld } from './negotiation.ts';
import { followRedirection, handleNoProgress, handleOutgoingLegNews, handleOutgoingSession, tryNext } from './outgoing.ts';
import type { RedirectionAnswer } from './redirected.ts';
import { sdpBytes, sdpText } from './sdp-text.ts';
import { handleReferNews, handleReferred, reportTransfer, transfer, type ReferTarget } from './transfers.ts';

/** What a line is given. What needs addresses looked up (transfers) comes with them. */
export type LineInput =
  | { readonly kind: 'command'; readonly command: Exclude<LineCommand, { readonly kind: 'dial' | 'transfer' | 'assign' }> }
  | { readonly kind: 'transfer'; readonly uri: string | undefined; readonly replacesSessionId: string | undefined; readonly referredBy: string | undefined }
  | { readonly kind: 'media'; readonly event: MediaEvent }
  | { readonly kind: 'session'; readonly event: Exclude<SessionEvent, { readonly kind: 'incoming' | 'referReceived' }> }
  /** Where a 3xx leads. */
  | { readonly kind: 'redirection'; readonly answer: RedirectionAnswer }
  /** The INFO of a key was answered, or never will be. */
  | { readonly kind: 'keySent' }
  /** An INVITE that takes the place of the line's dialog (RFC 3891), with its offer, if it has any. */
  | { readonly kind: 'replaced'; readonly sessionId: string; readonly offer: Uint8Array | undefined }
  | { readonly kind: 'referred'; readonly event: Extract<SessionEvent, { readonly kind: 'referReceived' }>; readonly target: ReferTarget | undefined; readonly replacesLineId: string | undefined };

const keyMs = 160;
/** Keys that wait to be sent by INFO. */
const mostKeys = 64;

/** One telephone's part in a call: SIP sessions on one side (RFC 3261), one after the other until somebody answers; a leg in the media processor on the other. */
export class Line implements Machine<LineInput, LineOutput> {
  private readonly live: LiveLine;

  private constructor(live: LiveLine) {
    this.live = live;
  }

  /** Calls, trying `attempts` in their order. @param place The leg, as the owner names it. */
  static outgoing(options: LineOptions, attempts: readonly LineAttempt[], place: LegPlace, now: Instant): Line {
    const live = new LiveLine(options, { kind: 'over' }, place);
    tryNext(live, attempts, now);
    return new Line(live);
  }

  /** Somebody calls; `incoming` is what the owner is told. @param offer SDP of the INVITE, where it had any. */
  static incoming(options: LineOptions, sessionId: string, far: FarSide, offer: Uint8Array | undefined, incoming: Extract<LineEvent, { readonly kind: 'incoming' }>): Line {
    const live = new LiveLine(options, { kind: 'offered', far, offer: offer === undefined ? undefined : sdpText(offer) }, undefined);
    live.sessionId = sessionId;
    live.tell(incoming);
    return new Line(live);
  }

  get isOver(): boolean {
    return this.live.state.kind === 'over';
  }

  /** Whether it calls, and nobody has answered. */
  get isDialling(): boolean {
    const { kind } = this.live.state;
    return kind === 'preparing' || kind === 'inviting' || kind === 'redirecting';
  }

  /** Of the attempt that is under way, or of the dialog. */
  get sessionId(): string {
    return this.live.sessionId;
  }

  /** Where its leg is, while there is one. */
  get place(): LegPlace | undefined {
    return this.live.media.place;
  }

  /** Whom it leads to, so far. */
  get far(): FarSide | undefined {
    const { state } = this.live;
    if (state.kind === 'over') return undefined;
    return 'attempt' in state ? state.attempt.far : state.far;
  }

  handle(input: LineInput, now: Instant): void {
    const { live } = this;
    if (live.state.kind === 'over') return;
    switch (input.kind) {
      case 'command':
        return this.obey(input.command, now);
      case 'transfer':
        return live.state.kind === 'answered' ? transfer(live, live.state, input) : undefined;
      case 'media':
        return this.hearMedia(input.event, now);
      case 'session':
        return input.event.sessionId === live.sessionId ? this.hearSession(input.event, now) : undefined;
      case 'redirection':
        return live.state.kind === 'redirecting' ? followRedirection(live, live.state, input.answer, now) : undefined;
      case 'keySent':
        return this.sendNextKey();
      case 'replaced':
        return handleReplacement(live, input.sessionId, input.offer === undefined ? undefined : sdpText(input.offer), now);
      case 'referred':
        return handleReferred(live, input.event, input.target, input.replacesLineId);
    }
  }

  handleTimeout(now: Instant): void {
    const { live } = this;
    for (const key of live.deadlines.takeDue(now)) {
      const { state } = live;
      if (key === 'description') this.hearLegNews(live.media.giveUp(), now);
      else if (key === 'progress' && state.kind === 'inviting') handleNoProgress(live, state, now);
      else if (key === 'silence') {
        askWhetherThere(live, now);
        live.arm('silence', live.times.silenceMs, now);
      }
    }
  }

  poll(): LineOutput | undefined {
    return this.live.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.live.deadlines.next();
  }

  private obey(command: Extract<LineInput, { readonly kind: 'command' }>['command'], now: Instant): void {
    const { live } = this;
    const { state } = live;
    switch (command.kind) {
      case 'alert':
        return this.alert(command.sound, now);
      case 'connect':
        return this.connect({ conferenceId: command.conferenceId, legId: command.legId }, now);
      case 'reject':
        return isUnanswered(state) ? rejectIncoming(live, command) : undefined;
      case 'hangUp':
        return live.hangUp({ by: 'local' });
      case 'setHeld':
        return state.kind === 'answered' ? setHeld(live, state, command.isHeld, now) : undefined;
      case 'sendDtmf':
        return this.sendDtmf(command.tones);
      case 'reportTransfer':
        return reportTransfer(live, command.status);
    }
  }

  /** The caller is to know that it rings, or to hear that from another place than before. */
  private alert(place: LegPlace | undefined, now: Instant): void {
    const { live } = this;
    const { state } = live;
    if (state.kind === 'offered' || state.kind === 'previewing') alertCaller(live, state, place, now);
    else if (state.kind === 'sounding' && place !== undefined) moveSound(live, state, place, now);
  }

  /** An incoming line is answered; any other has its leg elsewhere from now on. */
  private connect(place: LegPlace, now: Instant): void {
    const { live } = this;
    const { state } = live;
    if (state.kind === 'offered' || state.kind === 'previewing' || state.kind === 'connecting') connectIncoming(live, state, place, now);
    else if (state.kind === 'sounding') connectSounding(live, state, place, now);
    else if (state.kind === 'answered') moveLeg(live, state, place, now);
    else {
      live.place = place;
      if (state.kind === 'preparing') live.openLeg(state.attempt.far, now);
    }
  }

  private sendDtmf(tones: string): void {
    const { live } = this;
    const { place } = live.media;
    if (this.far?.media.dtmf === 'info') {
      const isSending = live.keys !== '';
      live.keys = `${live.keys}${tones}`.slice(0, mostKeys);
      if (!isSending) this.sendKey();
    } else if (place !== undefined) live.outputs.push({ kind: 'media', command: { kind: 'sendDtmf', ...place, tones } });
  }

  /** One after the other: requests that are under way together may arrive in any order (RFC 6086 §5.4). */
  private sendNextKey(): void {
    this.live.keys = this.live.keys.slice(1);
    this.sendKey();
  }

  private sendKey(): void {
    const { live } = this;
    const [key] = live.keys;
    if (key !== undefined) live.session({ kind: 'info', requestId: live.sessionId, contentType: dtmfRelayType, body: sdpBytes(dtmfRelayBody(key, keyMs)) });
  }

  private hearMedia(event: MediaEvent, now: Instant): void {
    const { live } = this;
    if (!live.media.owns(event)) return;
    if (event.kind === 'mediaStalled' && event.direction === 'receive' && live.state.kind === 'answered') live.arm('silence', live.times.silenceMs, now);
    else if (event.kind === 'mediaResumed' && event.direction === 'receive') live.deadlines.clear('silence');
    const news = live.media.handle(event);
    if (news !== undefined) this.hearLegNews(news, now);
  }

  private hearLegNews(news: LegNews, now: Instant): void {
    const { live } = this;
    const { state } = live;
    if (state.kind === 'connecting') handleIncomingLegNews(live, state, news, now);
    else if (state.kind === 'previewing') handlePreviewNews(live, state, news);
    else if (state.kind === 'sounding') handleSoundingNews(live, state, news, now);
    else if (state.kind === 'answered') handleLegNews(live, state, news, now);
    else handleOutgoingLegNews(live, news, now);
  }

  private hearSession(event: Extract<LineInput, { readonly kind: 'session' }>['event'], now: Instant): void {
    const { live } = this;
    const { state } = live;
    if (state.kind === 'inviting') handleOutgoingSession(live, state, event, now);
    else if (state.kind === 'answered') this.hearDialog(event, now);
    else if (state.kind === 'sounding') handleSoundingSession(live, state, event, now);
    else handleUnansweredSession(live, event);
  }

  private hearDialog(event: Extract<LineInput, { readonly kind: 'session' }>['event'], now: Instant): void {
    const { live } = this;
    const { state } = live;
    if (state.kind !== 'answered') return;
    switch (event.kind) {
      case 'acknowledged':
        return event.description === undefined ? undefined : handleOfferAnswered(live, state, sdpText(event.description.bytes), now);
      case 'offerReceived':
        return handleOffered(live, state, sdpText(event.description), now);
      case 'offerWanted':
        return handleOffered(live, state, undefined, now);
      case 'answerReceived':
        return handleOfferAnswered(live, state, sdpText(event.description), now);
      case 'offerRefused':
        return handleOfferRefused(live, state, event.status, now);
      case 'infoReceived':
        return this.hearKey(event.contentType, sdpText(event.body));
      case 'referProgressed':
      case 'referEnded':
        return handleReferNews(live, event);
      case 'ended':
        return live.end(asLineEnd(event.end));
      default:
        return undefined;
    }
  }

  private hearKey(contentType: string, body: string): void {
    const tone = keyOfInfo(contentType, body);
    if (tone !== undefined) this.live.tell({ kind: 'dtmf', lineId: this.live.options.lineId, tone });
  }
}

/** Whether it is an incoming line that the owner has yet to answer, or is just answering. */
function isUnanswered({ kind }: LineState): boolean {
  return kind === 'offered' || kind === 'previewing' || kind === 'sounding' || kind === 'connecting';
}
