import type { Instant } from '@dialplane/sansio';
import type { SessionEvent } from '@dialplane/sip';
import { asLineEnd, offerRefusal } from './line-ends.ts';
import type { LegNews, LegPlace } from './line-media.ts';
import { noHold, type LineState } from './line-state.ts';
import type { LiveLine } from './live-line.ts';
import { goOn } from './negotiation.ts';
import { sdpBytes, sdpText } from './sdp-text.ts';

type Offered = Extract<LineState, { readonly kind: 'offered' }>;
type Previewing = Extract<LineState, { readonly kind: 'previewing' }>;
type Sounding = Extract<LineState, { readonly kind: 'sounding' }>;

/**
 * Whom an incoming line is for is being rung: the caller is told by 180, or hears it. For that the leg is opened before the answer and its description goes in a 183 (RFC 3960 §3.2), reliably
 * where the caller knows how (RFC 3262). An INVITE without offer gets 180: its offer would have to come from us, and be the one of the 200.
 */
export function alertCaller(live: LiveLine, { far, offer }: Offered | Previewing, place: LegPlace | undefined, now: Instant): void {
  if (far.ringback !== 'ours' || offer === undefined || place === undefined) return live.session({ kind: 'progress', status: 180 });
  live.place = place;
  live.state = { kind: 'previewing', far, offer };
  live.openLeg(far, now, offer);
}

/** The description for the 183 has come; without one it rings at the caller's. */
export function handlePreviewNews(live: LiveLine, { far, offer }: Previewing, news: LegNews): void {
  live.deadlines.clear('description');
  if (news.kind === 'refused') {
    live.state = { kind: 'offered', far, offer };
    live.session({ kind: 'progress', status: 180 });
    return;
  }
  live.state = { kind: 'sounding', far, offer, answer: news.sdp, exchange: { kind: 'none' } };
  live.session({ kind: 'progress', status: 183, description: sdpBytes(news.sdp) });
}

/**
 * What the caller hears comes from another place now, as after a lost media process. The leg there answers the caller's last offer, with which it sends at once to where the caller is; of its own
 * address it tells by an offer, which the session sends by UPDATE where it may (RFC 3311 §5.1), and after the answer otherwise.
 */
export function moveSound(live: LiveLine, state: Sounding, place: LegPlace, now: Instant): void {
  live.place = place;
  if (state.exchange.kind !== 'answering') live.state = { ...state, exchange: { kind: 'moving' } };
  live.openLeg(state.far, now, state.exchange.kind === 'answering' ? state.exchange.offer : state.offer);
}

/** What the caller does while it hears us: it gives up, answers our offer, or offers anew, by UPDATE or in a PRACK. */
export function handleSoundingSession(live: LiveLine, state: Sounding, event: SessionEvent, now: Instant): void {
  switch (event.kind) {
    case 'ended':
      return live.end(asLineEnd(event.end));
    case 'offerReceived': {
      const offer = sdpText(event.description);
      live.state = { ...state, exchange: { kind: 'answering', offer } };
      live.media.takeOffer(offer);
      return live.arm('description', live.times.describeMs, now);
    }
    case 'answerReceived':
      if (state.exchange.kind !== 'sent') return;
      live.media.takeAnswer(sdpText(event.description));
      live.state = { ...state, exchange: { kind: 'none' } };
      return;
    case 'offerRefused':
      if (state.exchange.kind !== 'sent') return;
      live.media.withdrawOffer();
      live.state = { ...state, exchange: { kind: 'none' } };
  }
}

/** What the media processor says to that; of a leg in another place, its answer is followed by its offer. */
export function handleSoundingNews(live: LiveLine, state: Sounding, news: LegNews, now: Instant): void {
  const { exchange } = state;
  live.deadlines.clear('description');
  live.state = { ...state, exchange: { kind: 'none' } };
  if (exchange.kind === 'answering') {
    if (news.kind === 'refused') return live.session({ kind: 'refuseOffer', ...offerRefusal(news) });
    live.state = { ...state, offer: exchange.offer, exchange: { kind: 'none' } };
    live.session({ kind: 'answerOffer', description: sdpBytes(news.sdp) });
  } else if (exchange.kind === 'moving' && news.kind === 'answer') {
    live.state = { ...state, exchange: { kind: 'asking', wantedBy: 'line' } };
    live.media.offerAnew('sendrecv');
    live.arm('description', live.times.describeMs, now);
  } else if (exchange.kind === 'asking' && news.kind === 'offer') {
    live.state = { ...state, exchange: { kind: 'sent', wantedBy: 'line' } };
    live.session({ kind: 'offer', description: sdpBytes(news.sdp) });
  }
}

/** The owner answers what is heard already: the 200 repeats the description of the 183 (RFC 6337 §3.1.1), and a leg that is to be elsewhere moves then. */
export function connectSounding(live: LiveLine, { far, answer, exchange }: Sounding, place: LegPlace, now: Instant): void {
  const { place: at } = live.media;
  const isThere = exchange.kind !== 'moving' && at?.conferenceId === place.conferenceId && at.legId === place.legId;
  live.session({ kind: 'accept', description: sdpBytes(answer) });
  live.tell({ kind: 'answered', lineId: live.options.lineId });
  live.place = place;
  live.state = { kind: 'answered', far, exchange: exchange.kind === 'moving' ? { kind: 'none' } : exchange, hold: noHold, move: isThere ? undefined : place };
  goOn(live, now);
}
