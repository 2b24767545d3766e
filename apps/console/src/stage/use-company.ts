import { getIdentifierRawId } from '@azure/communication-common';
import { Features, type Call } from '@dialplane/calling';
import { useEmitter } from '../calling/use-emitter.ts';
import type { Company } from './arrangement.ts';
import { useSharer } from './use-sharer.ts';

/** Who is in a call and in front of it, as the stage arranges them; renders again when that changes. */
export function useCompany(call: Call): Company {
  const dominant = call.feature(Features.DominantSpeakers);
  const spotlight = call.feature(Features.Spotlight);
  useEmitter(call, 'remoteParticipantsUpdated');
  useEmitter(dominant, 'dominantSpeakersChanged');
  useEmitter(spotlight, 'spotlightChanged');
  const sharer = useSharer(call);
  return {
    participants: call.remoteParticipants.map(({ identifier, videoStreams }) => ({ rawId: getIdentifierRawId(identifier), hasVideo: videoStreams.some(({ isAvailable }) => isAvailable) })),
    sharer: sharer === undefined ? undefined : getIdentifierRawId(sharer.identifier),
    dominant: dominant.dominantSpeakers.speakersList.map(getIdentifierRawId),
    spotlighted: spotlight.getSpotlightedParticipants().map(({ identifier }) => getIdentifierRawId(identifier)),
  };
}
