import type { Instant } from '@dialplane/sansio';
import { writeWarning, type ExtraHeaders, type SessionEvent } from '@dialplane/sip';
import type { LineCommand } from '@dialplane/telephony-api';
import { asLineEnd, mediaUnavailable, offerRefusal } from './line-ends.ts';
import type { LegNews, LegPlace } from './line-media.ts';
import { noHold, type LineState } from './line-state.ts';
import type { LiveLine } from './live-line.ts';
import { goOn } from './negotiation.ts';
import { sdpBytes } from './sdp-text.ts';

type Offered = Extract<LineState, { readonly kind: 'offered' }>;
type Previewing = Extract<LineState, { readonly kind: 'previewing' }>;
type Connecting = Extract<LineState, { readonly kind: 'connecting' }>;

/** The owner answers: the leg is opened with the caller's offer, or makes ours where the INVITE had none; one that is being opened there for the caller to hear is waited for. */
export function connectIncoming(live: LiveLine, state: Offered | Previewing | Connecting, place: LegPlace, now: Instant): void {
  const { far, offer } = state;
  const { place: at } = live.media;
  const isOpening = state.kind === 'previewing' && at?.conferenceId === place.conferenceId && at.legId === place.legId;
  live.place = place;
  live.state = { kind: 'connecting', far, offer };
  if (!isOpening) live.openLeg(far, now, offer);
}

/** The description for the 200 has come, or does not. */
export function handleIncomingLegNews(live: LiveLine, { far }: Connecting, news: LegNews, now: Instant): void {
  live.deadlines.clear('description');
  if (news.kind === 'refused') {
    live.session({ kind: 'refuse', ...offerRefusal(news) });
    return live.end(mediaUnavailable(news));
  }
  live.session({ kind: 'accept', description: sdpBytes(news.sdp) });
  live.tell({ kind: 'answered', lineId: live.options.lineId });
  // An offer in the 200 is answered in the ACK (RFC 3261 §13.2.2.4).
  live.state = { kind: 'answered', far, exchange: news.kind === 'offer' ? { kind: 'sent', wantedBy: 'peer' } : { kind: 'none' }, hold: noHold, move: undefined };
  goOn(live, now);
}

/** The caller gives up, or is lost, before it is answered. */
export function handleUnansweredSession(live: LiveLine, event: SessionEvent): void {
  if (event.kind === 'ended') live.end(asLineEnd(event.end));
}

export function rejectIncoming(live: LiveLine, { status, reasonText: reason, sentence }: Extract<LineCommand, { readonly kind: 'reject' }>): void {
  const headers: ExtraHeaders = sentence === undefined ? [] : [['Warning', writeWarning({ code: 399, agent: 'dialplane', text: sentence })]];
  live.session({ kind: 'refuse', status, ...(reason !== undefined && { reason }), ...(headers.length > 0 && { headers }) });
  live.end({ by: 'local', status });
}
