import type { IceCandidate, MediaDescription } from '@dialplane/calling-api';
import { allSeats, hasAnswered, peerOf, takesPart, type LegSession, type PeerSession, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { candidateTypes, summaryOf } from './signaled-side.ts';
import { members, sessionView } from '../views.ts';

/**
 * Who hears what this side of a direct session says: the other side once the call is answered; every ringing device of the
 * callee before that, when it is the caller; nobody, when it is a device that rings (no address leaves it before it answers).
 */
function audience(live: LiveCall, speaker: Seat): Seat[] {
  if (hasAnswered(speaker)) {
    const other = peerOf(live.model, speaker);
    return other === undefined ? [] : [other];
  }
  if (!takesPart(speaker)) return [];
  return allSeats(live.model).map(({ seat }) => seat).filter((seat) => seat.peer !== undefined && !takesPart(seat));
}

/** Hands a side's newest description to its audience. */
export function sendDescription(live: LiveCall, speaker: Seat, description: MediaDescription): void {
  const { type, revision } = description;
  for (const { endpointId, participantId, peer } of audience(live, speaker)) {
    if (peer === undefined) continue;
    const { mediaSessionId } = peer;
    live.tell(endpointId, () => ({ type: 'mediaDescription', mediaSessionId, description }));
    live.flow(speaker.participantId, participantId, { kind: 'description', mediaSessionId, type, revision, summary: summaryOf(description) });
  }
}

/** Hands candidates of a side to its audience. */
export function sendCandidates(live: LiveCall, speaker: Seat, candidates: readonly IceCandidate[]): void {
  for (const { endpointId, participantId, peer } of audience(live, speaker)) {
    if (peer === undefined) continue;
    const { mediaSessionId } = peer;
    live.tell(endpointId, () => ({ type: 'mediaCandidates', mediaSessionId, candidates: [...candidates] }));
    live.flow(speaker.participantId, participantId, { kind: 'candidates', mediaSessionId, count: candidates.length, types: candidateTypes(candidates) });
  }
}

/** The ICE servers changed (credentials were renewed, the relay was turned on or off): members are shown their sessions again. */
export function showIceConfiguration(live: LiveCall, participantId: string | undefined): void {
  for (const { seat } of members(live.model)) {
    if (participantId !== undefined && seat.participantId !== participantId) continue;
    if (seat.peer !== undefined) showSession(live, seat, seat.peer);
    if (seat.leg !== undefined) showSession(live, seat, seat.leg);
  }
}

function showSession(live: LiveCall, seat: Seat, session: PeerSession | LegSession): void {
  live.tell(seat.endpointId, () => ({ type: 'mediaSessionUpdated', mediaSession: sessionView(live, seat, session) }));
}
