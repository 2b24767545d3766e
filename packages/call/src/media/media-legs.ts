import type { MediaDescription } from '@dialplane/calling-api';
import { conferenceOf, seatedAt, type LegSession, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { sendableBy } from '../rooms/role-permissions.ts';
import { sideOf } from './signaled-side.ts';
import { sessionView } from '../views.ts';

/**
 * Opens an endpoint's leg in the conference and returns its session. The client makes the first offer of a backend session:
 * `description` when it is one, else the leg waits for it. A leg that replaces another begins as the seat is: held, and with
 * modes of its own.
 */
export function openLeg(
  live: LiveCall,
  conferenceId: string,
  { identifier, mute, isHolding, modes }: Pick<Seat, 'identifier' | 'mute' | 'isHolding' | 'modes'>,
  description: MediaDescription | undefined,
): LegSession {
  const offer = description?.type === 'offer' ? description : undefined;
  const legId = live.options.newId();
  live.media({
    kind: 'openLeg', conferenceId, legId, identifier, isMuted: mute.kind === 'muted', request: { kind: 'webrtc', ...(offer === undefined ? {} : { offer }) },
  });
  if (isHolding) live.media({ kind: 'setHeld', conferenceId, legId, isHeld: true });
  if (modes !== undefined) live.media({ kind: 'setModes', conferenceId, legId, modes });
  return { mediaSessionId: legId, state: 'negotiating', hasConnected: false, local: sideOf(offer), processor: undefined, modes: modes ?? live.model.modes };
}

/** Tells an endpoint of its backend session as it is when this input has been handled. */
export function showLeg(live: LiveCall, endpointId: string, mediaSessionId: string): void {
  live.tell(endpointId, () => {
    const seat = seatedAt(live.model, endpointId)?.seat;
    if (seat?.leg?.mediaSessionId !== mediaSessionId) return undefined;
    return { type: 'mediaSessionUpdated', mediaSession: sessionView(live, seat, seat.leg) };
  });
}

/** Tells an endpoint that a backend session of its is over. */
export function hideLeg(live: LiveCall, endpointId: string, { mediaSessionId }: LegSession): void {
  live.deadlines.clear(`interruption|${mediaSessionId}`);
  live.tell(endpointId, () => ({ type: 'mediaSessionClosed', mediaSessionId }));
}

/** The media processor is told what an endpoint may send: `always`, or as its leg is opened, where that is not everything. */
export function restrictLeg(live: LiveCall, endpointId: string, when: 'always' | 'restricted'): void {
  const { model } = live;
  const { party, seat } = seatedAt(model, endpointId) ?? {};
  const conferenceId = conferenceOf(model);
  // A telephone sends sound and nothing else, and is muted.
  if (party?.role === undefined || seat?.leg === undefined || seat.line !== undefined || conferenceId === undefined) return;
  const streams = sendableBy(model, party);
  if (when === 'always' || streams.length < 3) live.media({ kind: 'setSendable', conferenceId, legId: seat.leg.mediaSessionId, streams });
}
