import type { MediaDescription } from '@dialplane/calling-api';
import type { LegSession, Seat } from './call-model.ts';
import type { LiveCall } from './live-call.ts';
import { sideOf } from './signaled-side.ts';

/**
 * Opens an endpoint's leg in the conference and returns its session. The client makes the first offer of a backend session:
 * `description` when it is one, else the leg waits for it.
 */
export function openLeg(
  live: LiveCall,
  conferenceId: string,
  seat: Pick<Seat, 'identifier' | 'mute' | 'participantId'>,
  description: MediaDescription | undefined,
): LegSession {
  const offer = description?.type === 'offer' ? description : undefined;
  const mediaSessionId = live.options.newId();
  live.media({
    kind: 'openLeg', conferenceId, legId: mediaSessionId, identifier: seat.identifier, isMuted: seat.mute.kind === 'muted',
    request: { kind: 'webrtc', ...(offer === undefined ? {} : { offer }) },
  });
  return { mediaSessionId, state: 'negotiating', hasConnected: false, local: sideOf(offer), processor: undefined };
}
