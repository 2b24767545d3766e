import { isNextTrunkTried } from '@dialplane/routing';
import type { Instant } from '@dialplane/sansio';
import { parseAddress, type SessionEnd, type SessionEvent } from '@dialplane/sip';
import type { FarSide, LineAttempt } from './far-side.ts';
import { asLineEnd, isUnheard, mediaUnavailable, statusOf } from './line-ends.ts';
import type { LegNews } from './line-media.ts';
import { noHold, type LineState } from './line-state.ts';
import type { LiveLine, TrunkCalled } from './live-line.ts';
import { goOn } from './negotiation.ts';
import { handleRedirected, type RedirectionAnswer } from './redirected.ts';
import { sdpBytes, sdpText } from './sdp-text.ts';

type Inviting = Extract<LineState, { readonly kind: 'inviting' }>;
type Redirecting = Extract<LineState, { readonly kind: 'redirecting' }>;
type Progressed = Extract<SessionEvent, { readonly kind: 'progressed' }>;
type Answered = Extract<SessionEvent, { readonly kind: 'answered' }>;

/** Goes the first way of those that are left. */
export function tryNext(live: LiveLine, [attempt, ...rest]: readonly LineAttempt[], now: Instant): void {
  if (attempt === undefined) return;
  const { lineId } = live.options;
  live.renewSession();
  const { far, callerId, why } = attempt;
  if (far.trunk !== undefined) live.tell({ kind: 'routed', lineId, trunk: far.trunk, ...(callerId !== undefined && { callerId }), why });
  if (far.offer === 'delayed') invite(live, attempt, rest, undefined, now);
  else {
    live.state = { kind: 'preparing', attempt, rest };
    live.openLeg(far, now);
  }
}

/** The media processor has described the leg, or not. */
export function handleOutgoingLegNews(live: LiveLine, news: LegNews, now: Instant): void {
  const { state } = live;
  live.deadlines.clear('description');
  if (news.kind === 'refused') {
    if (state.kind === 'preparing') live.end(mediaUnavailable(news));
    else live.hangUp(mediaUnavailable(news));
  } else if (state.kind === 'preparing') invite(live, state.attempt, state.rest, news.sdp, now);
  else {
    live.session({ kind: 'answerOffer', description: sdpBytes(news.sdp) });
    if (state.kind === 'answeringLate') becomeAnswered(live, state.far, state.displayName, now);
  }
}

/** What whom we call says before and when it answers. */
export function handleOutgoingSession(live: LiveLine, state: Inviting, event: SessionEvent, now: Instant): void {
  switch (event.kind) {
    case 'progressed':
      return handleProgress(live, state, event, now);
    case 'answerReceived':
      return live.media.takeAnswer(sdpText(event.description));
    case 'answered':
      return handleAnswered(live, state, event, now);
    case 'ended':
      return handleFailed(live, state, event.end, now);
    default:
      return undefined;
  }
}

/** It is known where the line may go: on, by ways that were not tried before, or nowhere. */
export function followRedirection(live: LiveLine, { end }: Redirecting, answer: RedirectionAnswer, now: Instant): void {
  if (answer.kind === 'refused') return live.end({ by: 'local', refusal: answer.refusal, sentence: answer.sentence });
  if (answer.kind === 'notFollowed') return live.end({ ...asLineEnd(end), sentence: answer.sentence });
  if (answer.kind === 'forwarded') return live.end({ ...asLineEnd(end), forwarded: { identifiers: answer.identifiers, redirection: answer.redirection } });
  const fresh = answer.attempts.filter(({ invite }) => !live.called.has(invite.uri));
  if (fresh.length === 0) live.end({ ...asLineEnd(end), sentence: 'The call was redirected in a circle.' });
  else {
    const [{ far, why } = { far: undefined, why: '' }] = fresh;
    // A trunk is told of as every way is.
    if (far?.trunk === undefined) live.tell({ kind: 'sentOn', lineId: live.options.lineId, why });
    tryNext(live, fresh, now);
  }
}

/** Nothing was heard for long: this way is given up for the next. */
export function handleNoProgress(live: LiveLine, { attempt, rest }: Inviting, now: Instant): void {
  noteTrunk(live, attempt, { kind: 'refused', status: 408 });
  live.session({ kind: 'end' });
  tryNext(live, rest, now);
}

function invite(live: LiveLine, attempt: LineAttempt, rest: readonly LineAttempt[], offer: string | undefined, now: Instant): void {
  live.state = { kind: 'inviting', attempt, rest };
  live.called.add(attempt.invite.uri);
  live.session({ kind: 'invite', ...attempt.invite, ...(offer !== undefined && { description: sdpBytes(offer) }) });
  if (rest.length > 0) live.arm('progress', live.times.progressMs, now);
}

function handleProgress(live: LiveLine, { attempt }: Inviting, { response, description }: Progressed, now: Instant): void {
  live.deadlines.clear('progress');
  noteTrunk(live, attempt, heard);
  const { far } = attempt;
  if (description?.kind === 'offer') live.openLeg(far, now, sdpText(description.bytes));
  else if (description !== undefined) live.media.takeAnswer(sdpText(description.bytes));
  live.tell({ kind: 'progress', lineId: live.options.lineId, status: response.status, hasEarlyMedia: live.media.isAgreed });
}

function handleAnswered(live: LiveLine, { attempt }: Inviting, { response, description }: Answered, now: Instant): void {
  live.deadlines.clear('progress');
  noteTrunk(live, attempt, heard);
  const { far } = attempt;
  const displayName = nameOf(response.headers.first('P-Asserted-Identity'));
  if (description?.kind === 'offer') {
    live.state = { kind: 'answeringLate', far, displayName };
    live.openLeg(far, now, sdpText(description.bytes));
    return;
  }
  if (description !== undefined) live.media.takeAnswer(sdpText(description.bytes));
  becomeAnswered(live, far, displayName, now);
}

/** The owner may have moved the line meanwhile. */
function becomeAnswered(live: LiveLine, far: FarSide, displayName: string | undefined, now: Instant): void {
  const { place, media: { place: at } } = live;
  live.tell({ kind: 'answered', lineId: live.options.lineId, ...(displayName !== undefined && { displayName }) });
  const hasMoved = place !== undefined && (at?.conferenceId !== place.conferenceId || at.legId !== place.legId);
  live.state = { kind: 'answered', far, exchange: { kind: 'none' }, hold: noHold, move: hasMoved ? place : undefined };
  goOn(live, now);
}

/** Only what says that this way is closed leads to the next; everything else is whom we called who says no. */
function handleFailed(live: LiveLine, { attempt, rest }: Inviting, end: SessionEnd, now: Instant): void {
  live.deadlines.clear('progress');
  const status = statusOf(end);
  const isClosed = status !== undefined && isNextTrunkTried(status);
  const { retryAfterSeconds } = end;
  noteTrunk(live, attempt, isUnheard(end) ? { kind: 'silent' } : isClosed ? { kind: 'refused', status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) } : heard);
  if (rest.length > 0 && isClosed) tryNext(live, rest, now);
  else if (status !== undefined && status >= 300 && status < 400) handleRedirected(live, attempt, end);
  else live.end(asLineEnd(end));
}

const heard: TrunkCalled['outcome'] = { kind: 'heard' };

function noteTrunk(live: LiveLine, { far: { trunk }, address }: LineAttempt, outcome: TrunkCalled['outcome']): void {
  if (trunk !== undefined && address !== undefined) live.outputs.push({ kind: 'trunkCalled', trunk, address, outcome });
}

function nameOf(value: string | undefined): string | undefined {
  const address = value === undefined ? undefined : parseAddress(value);
  return address === undefined || !('displayName' in address) || address.displayName === '' ? undefined : address.displayName;
}
