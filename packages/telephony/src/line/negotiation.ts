import type { MediaDirection } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import { mediaUnavailable, offerRefusal } from './line-ends.ts';
import type { LegNews, LegPlace } from './line-media.ts';
import type { HoldState, LineState } from './line-state.ts';
import type { LiveLine } from './live-line.ts';
import { sdpBytes } from './sdp-text.ts';
import { isHold } from './session-description.ts';

type Answered = Extract<LineState, { readonly kind: 'answered' }>;

/** Goes on to what the owner wants and the peer does not know yet: another place of the leg, hold. One exchange at a time (RFC 3264 §4). */
export function goOn(live: LiveLine, now: Instant): void {
  const { state } = live;
  if (state.kind !== 'answered' || state.exchange.kind !== 'none') return;
  const { far, hold, move } = state;
  if (move !== undefined) {
    live.place = move;
    live.state = { ...state, exchange: { kind: 'asking', wantedBy: 'line' }, move: undefined, hold: signaled(hold) };
    live.openLeg({ ...far, media: { ...far.media, direction: directionOf(state) } }, now);
  } else if (hold.isWanted !== hold.isSignaled) askForOffer(live, state, 'line', now);
}

/** The owner wants the leg elsewhere: in another conference, or in the same again after a media process was lost. An offer that the old leg is still to make is not waited for: the new one's says the same. */
export function moveLeg(live: LiveLine, state: Answered, place: LegPlace, now: Instant): void {
  const { exchange } = state;
  const isAsking = exchange.kind === 'asking' && exchange.wantedBy === 'line' && live.media.wasAgreed;
  live.place = place;
  live.state = { ...state, move: place, ...(isAsking && { exchange: { kind: 'none' } }) };
  goOn(live, now);
}

export function setHeld(live: LiveLine, state: Answered, isWanted: boolean, now: Instant): void {
  live.state = { ...state, hold: { ...state.hold, isWanted } };
  goOn(live, now);
}

/** Nothing was heard of the peer for long: a new offer tells whether its dialog still exists (RFC 3261 §12.2.1.2). */
export function askWhetherThere(live: LiveLine, now: Instant): void {
  const { state } = live;
  if (state.kind === 'answered' && state.exchange.kind === 'none') askForOffer(live, state, 'line', now);
}

/** The peer offers anew: hold, another codec, another address; without a description it wants our offer. */
export function handleOffered(live: LiveLine, state: Answered, description: string | undefined, now: Instant): void {
  if (state.exchange.kind !== 'none') live.session({ kind: 'refuseOffer', status: 491 });
  else if (description === undefined) askForOffer(live, state, 'peer', now);
  else {
    live.state = { ...state, exchange: { kind: 'answering', offer: description } };
    live.media.takeOffer(description);
    live.arm('description', live.times.describeMs, now);
  }
}

/** Somebody takes the peer's place, as transfers do: the leg stays, and hears from another telephone what it sends (RFC 3891 §3). */
export function handleReplacement(live: LiveLine, sessionId: string, offer: string | undefined, now: Instant): void {
  const { state } = live;
  const replaced = live.sessionId;
  live.sessionId = sessionId;
  if (state.kind !== 'answered' || state.exchange.kind !== 'none') {
    live.session({ kind: 'refuse', status: state.kind === 'answered' ? 491 : 481 });
    live.sessionId = replaced;
    return;
  }
  live.state = { ...state, exchange: { kind: 'replacing', replaced }, hold: { ...state.hold, isByPeer: false } };
  if (offer === undefined) live.media.offerAnew(directionOf(state));
  else live.media.takeOffer(offer);
  live.arm('description', live.times.describeMs, now);
}

/** The media processor has answered the peer's offer, made ours, or refused. */
export function handleLegNews(live: LiveLine, state: Answered, news: LegNews, now: Instant): void {
  live.deadlines.clear('description');
  const { exchange } = state;
  if (news.kind === 'refused') return handleRefusal(live, state, news, now);
  if (exchange.kind === 'replacing') {
    live.session({ kind: 'accept', description: sdpBytes(news.sdp) });
    if (news.kind === 'answer') settle(live, state, state.hold, now);
    else live.state = { ...state, exchange: { kind: 'sent', wantedBy: 'peer' } };
  } else if (exchange.kind === 'answering') {
    live.session({ kind: 'answerOffer', description: sdpBytes(news.sdp) });
    settle(live, state, noteHold(live, state.hold, exchange.offer), now);
  } else if (exchange.kind === 'asking') {
    const { wantedBy } = exchange;
    live.session({ kind: wantedBy === 'peer' ? 'answerOffer' : 'offer', description: sdpBytes(news.sdp) });
    live.state = { ...state, exchange: { kind: 'sent', wantedBy } };
  }
}

/** The peer's answer to our offer; in an ACK where its re-INVITE had no offer. */
export function handleOfferAnswered(live: LiveLine, state: Answered, answer: string, now: Instant): void {
  live.media.takeAnswer(answer);
  if (state.exchange.kind === 'sent') settle(live, state, state.hold, now);
}

/** The peer keeps to what was agreed before (RFC 3264 §8); a leg that has moved has nothing before. */
export function handleOfferRefused(live: LiveLine, state: Answered, status: number, now: Instant): void {
  if (state.exchange.kind !== 'sent') return;
  const isNew = !live.media.wasAgreed;
  live.media.withdrawOffer();
  if (!isNew) return settle(live, state, state.hold, now);
  live.hangUp({ by: 'network', status, sentence: `The telephone did not follow when its sound was moved to another media process (${status}).` });
}

/** Another exchange may begin. */
function settle(live: LiveLine, state: Answered, hold: HoldState, now: Instant): void {
  live.state = { ...state, exchange: { kind: 'none' }, hold };
  goOn(live, now);
}

function askForOffer(live: LiveLine, state: Answered, wantedBy: 'peer' | 'line', now: Instant): void {
  live.state = { ...state, exchange: { kind: 'asking', wantedBy }, hold: signaled(state.hold) };
  live.media.offerAnew(directionOf(state));
  live.arm('description', live.times.describeMs, now);
}

/** The offer that is asked for says what is wanted now. */
function signaled(hold: HoldState): HoldState {
  return { ...hold, isSignaled: hold.isWanted };
}

/** Whoever holds does not listen (RFC 3264 §8.4). */
function directionOf({ hold }: Answered): MediaDirection {
  return hold.isWanted ? 'sendonly' : 'sendrecv';
}

function noteHold(live: LiveLine, hold: HoldState, offer: string): HoldState {
  const isByPeer = isHold(offer);
  if (isByPeer !== hold.isByPeer) live.tell({ kind: 'held', lineId: live.options.lineId, isHeld: isByPeer });
  return { ...hold, isByPeer };
}

/** The media processor does not take the peer's offer, makes none of ours, or cannot use the peer's answer, which leaves nothing to go on with. */
function handleRefusal(live: LiveLine, state: Answered, news: Extract<LegNews, { readonly kind: 'refused' }>, now: Instant): void {
  const { exchange } = state;
  if (exchange.kind === 'replacing') {
    live.session({ kind: 'refuse', ...offerRefusal(news) });
    live.sessionId = exchange.replaced;
    return settle(live, state, state.hold, now);
  }
  const isOfPeer = exchange.kind === 'answering' || (exchange.kind === 'asking' && exchange.wantedBy === 'peer');
  if (isOfPeer) live.session({ kind: 'refuseOffer', ...offerRefusal(news) });
  const isAnswer = exchange.kind === 'none' || exchange.kind === 'sent';
  if (isAnswer || !live.media.wasAgreed) live.hangUp(mediaUnavailable(news));
  else settle(live, state, signaled(state.hold), now);
}
