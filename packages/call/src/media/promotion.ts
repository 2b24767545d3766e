import type { EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { dismissApplication } from '../applications/applications.ts';
import { allSeats, conferenceOf, replaceSeat, type Seat } from '../call-model.ts';
import { dismissParty } from '../membership/departure.ts';
import type { LiveCall } from '../live-call.ts';
import { hideLeg, openLeg, showLeg } from './media-legs.ts';
import { members } from '../views.ts';

/**
 * Promotion of a 1:1 call to the backend, make before break: the direct session stays until both old members are connected
 * to the conference, and comes out unharmed when that fails.
 */
export function beginPromotion(live: LiveCall, why: string, now: Instant): void {
  const conferenceId = live.options.newId();
  live.model.path = { kind: 'openingPromotion', conferenceId };
  live.decide('media moves to the backend', why);
  live.openConference(conferenceId, now);
}

/** A 1:1 call that nobody has answered goes to the backend at once: no media flows yet that could be interrupted. */
export function moveUnanswered(live: LiveCall, why: string, now: Instant): void {
  const conferenceId = live.options.newId();
  live.model.path = { kind: 'opening', conferenceId };
  live.decide('media flows through the backend', why);
  live.openConference(conferenceId, now);
  for (const { seat } of members(live.model)) {
    const leg = openLeg(live, conferenceId, seat, undefined);
    closePeer(live, seat);
    replaceSeat(live.model, { ...seat, peer: undefined, leg });
    showLeg(live, seat.endpointId, leg.mediaSessionId);
  }
}

/** The conference is open: each old member gets a second session, to the backend. */
export function bridge(live: LiveCall, conferenceId: string, now: Instant): void {
  live.model.path = { kind: 'bridging', conferenceId };
  live.arm('promotion', live.limits.setupMs, now);
  for (const { seat } of members(live.model)) {
    const leg = openLeg(live, conferenceId, seat, undefined);
    replaceSeat(live.model, { ...seat, leg });
    showLeg(live, seat.endpointId, leg.mediaSessionId);
  }
}

/** Completes the promotion when every old member is connected to the backend. */
export function completeIfBridged(live: LiveCall, now: Instant): void {
  if (live.model.path.kind !== 'bridging') return;
  const waiting = members(live.model).some(({ seat }) => seat.peer !== undefined && seat.leg?.state !== 'connected');
  if (!waiting) completePromotion(live, 'every member is connected to the backend', now);
}

/** The call is a group call from here on, and the direct session is closed. */
export function completePromotion(live: LiveCall, why: string, now: Instant): void {
  const { model } = live;
  const conferenceId = conferenceOf(model);
  if (conferenceId === undefined) return;
  model.path = { kind: 'conference', conferenceId };
  model.kind = 'group';
  live.deadlines.clear('promotion');
  live.decide('the call is a group call; the direct path is closed', why);
  for (const { seat } of members(model)) {
    if (seat.peer === undefined) continue;
    closePeer(live, seat);
    replaceSeat(model, { ...seat, peer: undefined });
    if (seat.leg?.state !== 'connected') live.arm(`setup|${seat.endpointId}`, live.limits.setupMs, now);
  }
}

function closePeer(live: LiveCall, { peer, endpointId }: Seat): void {
  if (peer === undefined) return;
  live.deadlines.clear(`interruption|${peer.mediaSessionId}`);
  live.tell(endpointId, () => ({ type: 'mediaSessionClosed', mediaSessionId: peer.mediaSessionId }));
}

/** The backend could not be had: the 1:1 call lives on as it was, and who was to be added ends with `reason`. */
export function abandonPromotion(live: LiveCall, reason: EndReason, now: Instant): void {
  const { model } = live;
  const conferenceId = conferenceOf(model);
  if (conferenceId === undefined) return;
  const pair = new Set([...model.parties.keys()].slice(0, 2));
  for (const party of model.parties.values()) if (!pair.has(party.identifier)) dismissParty(live, party, reason, now);
  for (const application of model.applications.values()) dismissApplication(live, application, reason, now);
  for (const { seat } of allSeats(model)) {
    if (seat.leg === undefined) continue;
    hideLeg(live, seat.endpointId, seat.leg);
    replaceSeat(model, { ...seat, leg: undefined });
  }
  model.path = { kind: 'peerToPeer' };
  live.deadlines.clear('conference');
  live.deadlines.clear('promotion');
  live.media({ kind: 'closeConference', conferenceId });
  live.decide('the call stays peer-to-peer', reason.message);
}
