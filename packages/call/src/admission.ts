import type { MediaDescription, ParticipantRole } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { CallCommand } from './call-input.ts';
import { conferenceOf, peerOf, replaceSeat, type Seat, type Seated } from './call-model.ts';
import type { LiveCall } from './live-call.ts';
import { openLeg } from './media-legs.ts';
import { sendCandidates, sendDescription } from './media-delivery.ts';
import { takeCall } from './ringing.ts';
import { follows, withDescription } from './signaled-side.ts';
import { done, refused, type Verdict } from './verdict.ts';

/** Seats an endpoint: in its party when that is in the call already, in place of its ring, or as a new party. */
export function present(live: LiveCall, seat: Seat, now: Instant, role: { readonly role?: ParticipantRole } = {}): void {
  const { model } = live;
  const party = model.parties.get(seat.identifier) ?? { identifier: seat.identifier, stage: { kind: 'present', seats: [] } };
  if (party.stage.kind === 'present') {
    const name = seat.displayName === undefined ? {} : { displayName: seat.displayName };
    model.parties.set(party.identifier, { ...party, ...name, ...role, stage: { kind: 'present', seats: [...party.stage.seats, seat] } });
  } else {
    takeCall(live, { ...party, ...role }, seat, now);
  }
}

/** Seats an endpoint in a call on the backend: with a leg in the conference, which must be connected in time. */
export function presentOnBackend(live: LiveCall, seat: Seat, description: MediaDescription | undefined, now: Instant, role: { readonly role?: ParticipantRole } = {}): void {
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return;
  present(live, { ...seat, leg: openLeg(live, conferenceId, seat, description) }, now, role);
  if (seat.stage.kind === 'establishing') live.arm(`setup|${seat.endpointId}`, live.limits.setupMs, now);
}

/** A device answers. The first one does; the user's others have lost (487/10003). */
export function accept(live: LiveCall, { party, seat }: Seated, command: Extract<CallCommand, { kind: 'accept' }>, now: Instant): Verdict {
  if (party.stage.kind !== 'ringing') return refused('CALL_STATE_CONFLICT', 'This endpoint has answered already.');
  const answered: Seat = {
    ...seat, stage: { kind: 'establishing', answeredAt: now }, mute: command.isMuted ? { kind: 'muted' } : { kind: 'unmuted' },
  };
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  if (seat.peer === undefined) presentOnBackend(live, answered, command.description, now);
  else acceptDirectly(live, answered, command.description, now);
  return done;
}

/**
 * A direct call is answered: the caller is connected, and now hears the callee's answer and candidates, none of which leave
 * the server before. An answer to an offer that the caller has replaced meanwhile is dropped (`localRevision` stays 0): the
 * newer offer is on its way to the callee.
 */
function acceptDirectly(live: LiveCall, answered: Seat, description: MediaDescription | undefined, now: Instant): void {
  const caller = peerOf(live.model, answered);
  if (answered.peer === undefined || caller === undefined) return;
  const isCurrent = description !== undefined && follows(answered.peer.local, caller.peer?.local.description, description);
  const local = isCurrent ? withDescription(answered.peer.local, description) : answered.peer.local;
  const taker: Seat = { ...answered, peer: { ...answered.peer, local } };
  present(live, taker, now);
  replaceSeat(live.model, { ...caller, stage: { kind: 'connected', connectedAt: now } });
  live.arm(`setup|${taker.endpointId}`, live.limits.setupMs, now);
  live.flow('controller', caller.participantId, { kind: 'callState', state: 'Connected' });
  if (isCurrent) sendDescription(live, taker, description);
  if (local.candidates.length > 0) sendCandidates(live, taker, local.candidates);
}
