import type { MediaDescription, RoomRole } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { CallCommand } from '../call-input.ts';
import { conferenceOf, peerOf, type PeerSession, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { openLeg, restrictLeg } from '../media/media-legs.ts';
import { sendCandidates, sendDescription } from '../media/media-delivery.ts';
import { connectCallers } from './ringback.ts';
import { takeCall } from './ringing.ts';
import { follows, streamTypes, withDescription } from '../media/signaled-side.ts';
import { may, sendableBy } from '../rooms/role-permissions.ts';
import { done, type Verdict } from '../verdict.ts';

/** Seats an endpoint: in its party when that is in the call already, in place of its ring, or as a new party. */
export function present(live: LiveCall, seat: Seat, now: Instant, role: { readonly role?: RoomRole } = {}): void {
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
export function presentOnBackend(live: LiveCall, seat: Seat, description: MediaDescription | undefined, now: Instant, role: { readonly role?: RoomRole } = {}): void {
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return;
  const sendable = sendableBy(live.model, { ...live.model.parties.get(seat.identifier), ...role });
  const streams = streamTypes(description).filter((type) => type === 'Audio' || sendable.includes(type));
  present(live, { ...seat, streams, leg: openLeg(live, conferenceId, seat, description) }, now, role);
  restrictLeg(live, seat.endpointId, 'restricted');
  if (seat.stage.kind === 'establishing') live.arm(`setup|${seat.endpointId}`, live.limits.setupMs, now);
}

/** A device answers. The first one does; the user's others have lost (487/10003). The caller of a 1:1 call is connected by it. */
export function accept(live: LiveCall, seat: Seat, command: Extract<CallCommand, { kind: 'accept' }>, now: Instant): Verdict {
  const isSilent = !may(live.model, { ...live.model.parties.get(seat.identifier) }, 'unmuteMic');
  const answered: Seat = {
    ...seat, stage: { kind: 'establishing', answeredAt: now }, mute: command.isMuted || isSilent ? { kind: 'muted' } : { kind: 'unmuted' },
  };
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  connectCallers(live, now);
  if (answered.peer === undefined) presentOnBackend(live, answered, command.description, now);
  else presentDirectly(live, answered, answered.peer, command.description, now);
  return done;
}

/**
 * The caller now hears the callee's answer and candidates, none of which leave the server before. An answer to an offer that
 * the caller has replaced meanwhile is dropped (`localRevision` stays 0): the newer offer is on its way to the callee.
 */
function presentDirectly(live: LiveCall, answered: Seat, peer: PeerSession, description: MediaDescription | undefined, now: Instant): void {
  const offered = peerOf(live.model, answered)?.peer?.local.description;
  const isCurrent = description !== undefined && follows(peer.local, offered, description);
  const local = isCurrent ? withDescription(peer.local, description) : peer.local;
  const taker: Seat = { ...answered, peer: { ...peer, local } };
  present(live, taker, now);
  live.arm(`setup|${taker.endpointId}`, live.limits.setupMs, now);
  if (isCurrent) sendDescription(live, taker, description);
  if (local.candidates.length > 0) sendCandidates(live, taker, local.candidates);
}
