import { endReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { CallObservation } from './call-input.ts';
import { handleConferenceTimeout, handleMediaEvent } from './media/conference.ts';
import { endCall } from './membership/departure.ts';
import { handleLineEvent } from './telephones/line-events.ts';
import type { DeadlineKey, LiveCall } from './live-call.ts';
import { showIceConfiguration } from './media/media-delivery.ts';
import { orderModes } from './media/media-modes.ts';
import { handleInterruptionTimeout } from './media/media-progress.ts';
import { expireMember, handleEndpointClosed, handleEndpointLost, handleEndpointRecovered } from './membership/presence.ts';
import { abandonPromotion } from './media/promotion.ts';
import { handleApplicationsUnreached } from './applications/called-users.ts';
import { handleMovedAway } from './applications/moved-participants.ts';
import { handleKeysPressed } from './applications/pressed-keys.ts';
import { handleRecognitionTimeout } from './applications/recognition.ts';
import { handleReopeningDue } from './media/reopening.ts';
import { handleEndpointRegistered, handlePhoneRegistered, handleEndpointsFound, handleFindTimeout, handleRingTimeout } from './membership/ringing.ts';
import { handleSpeakersDue } from './media/speakers.ts';
import { handleRoomChanged } from './rooms/room-changes.ts';
import { takeOver } from './transfers/take-over.ts';
import { handleTransferSettled, handleTransferTaken, handleTransferTimeout } from './transfers/transfer.ts';

/** Takes what the world tells to whatever it concerns. */
export function observe(live: LiveCall, observation: CallObservation, now: Instant): void {
  switch (observation.kind) {
    case 'endpointsFound':
      handleEndpointsFound(live, observation, now);
      return;
    case 'applicationsUnreached':
      handleApplicationsUnreached(live, observation, now);
      return;
    case 'endpointRegistered':
      handleEndpointRegistered(live, observation.endpoint, now);
      return;
    case 'phoneRegistered':
      handlePhoneRegistered(live, observation, now);
      return;
    case 'endpointLost':
      handleEndpointLost(live, observation.endpointId, now);
      return;
    case 'endpointRecovered':
      handleEndpointRecovered(live, observation.endpointId);
      return;
    case 'endpointClosed':
      handleEndpointClosed(live, observation.endpointId, observation.reason, now);
      return;
    case 'terminate':
      endCall(live, endReason('endedByPlatform', 'platform', observation.message), now);
      return;
    case 'iceConfigurationChanged':
      showIceConfiguration(live, observation.participantId);
      return;
    case 'modesAsked':
      orderModes(live, observation.modes, observation.target, 'an operator');
      return;
    case 'transferTaken':
      handleTransferTaken(live, observation.transferId, observation.callId, now);
      return;
    case 'transferSettled':
      handleTransferSettled(live, observation, now);
      return;
    case 'takeOver':
      takeOver(live, observation, now);
      return;
    case 'roomChanged':
      handleRoomChanged(live, observation, now);
      return;
    case 'movedAway':
      handleMovedAway(live, observation, now);
      return;
    case 'media':
      handleMediaEvent(live, observation.event, now);
      return;
    case 'line':
      handleLineEvent(live, observation.event, now);
      return;
  }
}

/** Something was waited for long enough. */
export function fire(live: LiveCall, key: DeadlineKey, now: Instant): void {
  if (key === 'conference') return handleConferenceTimeout(live, now);
  if (key === 'promotion') return abandonPromotion(live, endReason('setupTimeout', 'platform'), now);
  if (key === 'reopening') return handleReopeningDue(live, now);
  if (key === 'transfer') return handleTransferTimeout(live, now);
  if (key === 'speakers') return handleSpeakersDue(live, now);
  if (key === 'duration') return endCall(live, endReason('endedByPlatform', 'platform', 'The call reached the longest duration there is.'), now);
  const bar = key.indexOf('|');
  const name = key.slice(bar + 1);
  switch (key.slice(0, bar)) {
    case 'find':
      return handleFindTimeout(live, name, now);
    case 'ring':
      return handleRingTimeout(live, name, now);
    case 'setup':
      return expireMember(live, name, 'setupTimeout', now);
    case 'presence':
      return expireMember(live, name, 'mediaLost', now);
    case 'interruption':
      return handleInterruptionTimeout(live, name, now);
    case 'recognition':
      return handleRecognitionTimeout(live, name, now);
    case 'keys':
      return handleKeysPressed(live, name, now);
  }
}
