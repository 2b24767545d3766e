import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { seatedAt, seatsOf, takesPart } from '../call-model.ts';
import { endCall, endSeat, endWhenEmpty, removeParty } from './departure.ts';
import type { LiveCall } from '../live-call.ts';
import { completePromotion } from '../media/promotion.ts';

/**
 * A member leaves. A 1:1 call ends with it: the leaver with `own`, the other side with `seen`. A group goes on while
 * somebody is in it.
 */
export function leave(live: LiveCall, endpointId: string, own: EndReason, now: Instant, seen: EndReason = own): void {
  const { model } = live;
  if (seatedAt(model, endpointId) === undefined) return;
  if (model.kind === 'oneToOne' && model.path.kind !== 'bridging') {
    const cancelled = endReason('cancelled', own.endedBy);
    endCall(live, own, now, (seat) => (seat.endpointId === endpointId ? own : takesPart(seat) ? seen : cancelled));
    return;
  }
  withdraw(live, endpointId, own, now, seen);
}

/** A member leaves a call that goes on without it, also where that was between two: a third has come. */
export function withdraw(live: LiveCall, endpointId: string, own: EndReason, now: Instant, seen: EndReason = own): void {
  const { model } = live;
  if (model.path.kind === 'bridging' && seatedAt(model, endpointId)?.seat.peer !== undefined) {
    completePromotion(live, 'a member left while the call was being promoted', now);
  }
  const seated = seatedAt(model, endpointId);
  if (seated === undefined) return;
  const { party, seat } = seated;
  endSeat(live, seat, own, now);
  const remaining = seatsOf(party).filter((other) => other.endpointId !== endpointId);
  if (remaining.length === 0) removeParty(live, party, seen);
  else model.parties.set(party.identifier, { ...party, stage: { kind: 'present', seats: remaining } });
  endWhenEmpty(live, own, now);
}
