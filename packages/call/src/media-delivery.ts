import type { IceCandidate, MediaDescription } from '@dialplane/calling-api';
import { allSeats, hasAnswered, peerOf, takesPart, type Seat } from './call-model.ts';
import type { LiveCall } from './live-call.ts';
import { candidateTypes, summaryOf } from './signaled-side.ts';

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
