import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { allSeats, replaceSeat, seatedAt, type Seat } from '../call-model.ts';
import { leave } from '../membership/leaving.ts';
import type { LiveCall } from '../live-call.ts';
import { abandonPromotion, completeIfBridged, completePromotion } from './promotion.ts';
import { members } from '../views.ts';

/** Media flows on a session: whoever waited for it is connected. */
export function sessionConnected(live: LiveCall, mediaSessionId: string, now: Instant): void {
  const seat = seatWith(live, mediaSessionId);
  if (seat === undefined) return;
  live.deadlines.clear(`interruption|${mediaSessionId}`);
  const progress = { state: 'connected', hasConnected: true } as const;
  if (seat.peer?.mediaSessionId === mediaSessionId) {
    replaceSeat(live.model, { ...seat, peer: { ...seat.peer, ...progress } });
    for (const { seat: side } of members(live.model)) if (side.peer !== undefined) establish(live, side.endpointId, now);
  } else if (seat.leg !== undefined) {
    replaceSeat(live.model, { ...seat, leg: { ...seat.leg, ...progress } });
    establish(live, seat.endpointId, now);
    completeIfBridged(live, now);
  }
}

/** A direct session that one side sees connected is connected for both: the other side's report may be on its way. */
function establish(live: LiveCall, endpointId: string, now: Instant): void {
  const seat = seatedAt(live.model, endpointId)?.seat;
  if (seat === undefined) return;
  live.deadlines.clear(`setup|${endpointId}`);
  if (seat.stage.kind !== 'establishing') return;
  const connectedAt = seat.stage.answeredAt ?? now;
  replaceSeat(live.model, { ...seat, stage: { kind: 'connected', connectedAt } });
  live.flow('controller', seat.participantId, { kind: 'callState', state: 'Connected' });
  if (live.model.founding?.origin === 'joined') live.model.connectedAt ??= now;
}

/** Media stopped; it may come back within the reconnect window. */
export function sessionInterrupted(live: LiveCall, mediaSessionId: string, now: Instant): void {
  const seat = seatWith(live, mediaSessionId);
  if (seat === undefined) return;
  const key = `interruption|${mediaSessionId}` as const;
  if (!live.deadlines.has(key)) live.arm(key, live.limits.reconnectMs, now);
  if (seat.peer?.mediaSessionId === mediaSessionId) replaceSeat(live.model, { ...seat, peer: { ...seat.peer, state: 'interrupted' } });
  else if (seat.leg !== undefined) replaceSeat(live.model, { ...seat, leg: { ...seat.leg, state: 'interrupted' } });
}

/**
 * A session is beyond repair. The direct session of a call that is being promoted is not missed; a backend session that
 * fails then costs the promotion, not the 1:1 call; every other one costs its endpoint the call.
 */
export function sessionFailed(live: LiveCall, mediaSessionId: string, reason: EndReason, now: Instant): void {
  const seat = seatWith(live, mediaSessionId);
  if (seat === undefined) return;
  if (live.model.path.kind === 'bridging' && seat.peer !== undefined) {
    if (seat.peer.mediaSessionId === mediaSessionId) completePromotion(live, 'the direct path failed', now);
    else abandonPromotion(live, reason, now);
    return;
  }
  leave(live, seat.endpointId, reason, now);
}

/** Media did not come back within the reconnect window. */
export function handleInterruptionTimeout(live: LiveCall, mediaSessionId: string, now: Instant): void {
  const seat = seatWith(live, mediaSessionId);
  if (seat !== undefined) sessionFailed(live, mediaSessionId, endReason('mediaLost', seat.identifier), now);
}

function seatWith(live: LiveCall, mediaSessionId: string): Seat | undefined {
  return allSeats(live.model).find(({ seat }) => seat.peer?.mediaSessionId === mediaSessionId || seat.leg?.mediaSessionId === mediaSessionId)?.seat;
}
