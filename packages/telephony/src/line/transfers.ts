import type { SessionEvent } from '@dialplane/sip';
import type { LineTarget } from '@dialplane/telephony-api';
import type { LineState } from './line-state.ts';
import type { LiveLine } from './live-line.ts';

type Answered = Extract<LineState, { readonly kind: 'answered' }>;
type Referred = Extract<SessionEvent, { readonly kind: 'referReceived' }>;

/** Whom a REFER is about, once its addresses are looked up. */
export type ReferTarget = LineTarget | { readonly kind: 'user'; readonly identifier: string };

/** What the owner wants of the telephone (RFC 3515): `uri` is where the target is found from there. */
export function transfer(live: LiveLine, { far }: Answered, wish: { readonly uri: string | undefined; readonly replacesSessionId: string | undefined; readonly referredBy: string | undefined }): void {
  const { lineId } = live.options;
  const { uri, replacesSessionId, referredBy } = wish;
  const isTaken = replacesSessionId === undefined ? far.transfer === 'refer' : far.attendedTransfer === 'refer';
  if (!isTaken || uri === undefined) {
    live.tell({ kind: 'transferEnded', lineId, status: 405, reasonText: 'This telephone takes no transfer (REFER).' });
    return;
  }
  live.session({ kind: 'refer', target: uri, ...(replacesSessionId !== undefined && { replacesSessionId }), ...(referredBy !== undefined && { referredBy }) });
}

/** How it goes. */
export function handleReferNews(live: LiveLine, event: Extract<SessionEvent, { readonly kind: 'referProgressed' | 'referEnded' }>): void {
  const { lineId } = live.options;
  if (event.kind === 'referProgressed') live.tell({ kind: 'transferProgress', lineId, status: event.status });
  else live.tell({ kind: 'transferEnded', lineId, status: event.status, ...(event.reason !== '' && { reasonText: event.reason }) });
}

/** The telephone wants the others connected to somebody else. One REFER at a time: another is refused while the owner has not finally answered. */
export function handleReferred(live: LiveLine, { referId }: Referred, target: ReferTarget | undefined, replacesLineId: string | undefined): void {
  const { lineId } = live.options;
  if (live.referId !== undefined) return live.session({ kind: 'answerRefer', referId, status: 491 });
  if (target === undefined) return live.session({ kind: 'answerRefer', referId, status: 404 });
  live.referId = referId;
  live.session({ kind: 'answerRefer', referId, status: 202 });
  live.tell({ kind: 'transferRequested', lineId, target, ...(replacesLineId !== undefined && { replacesLineId }) });
}

/** The owner's word on what the telephone wanted; final statuses end it (RFC 3515 §2.4.4). */
export function reportTransfer(live: LiveLine, status: number): void {
  const { referId } = live;
  if (referId === undefined) return;
  if (status >= 200) live.referId = undefined;
  live.session({ kind: 'reportRefer', referId, status });
}
