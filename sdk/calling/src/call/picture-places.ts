import type { Conference } from '../media/conference.ts';
import type { MediaStreamPlace } from '../call-internals.ts';
import type { RemoteParticipantView, VideoState, VideoType } from './remote-participant.ts';

/** Of the other one, between two people: what is sent arrives. */
export function directVideo(places: readonly MediaStreamPlace[], type: VideoType): VideoState {
  const place = places.find(({ mediaStreamType }) => mediaStreamType === type);
  return { isSent: place !== undefined, picture: place === undefined ? undefined : { track: place.transceiver.receiver.track } };
}

/** In a conference the roster says who sends what; a picture arrives in a section of its own, or as a tile of the composed one, which has no source. */
export function conferenceVideo(
  { modes, layout }: Conference,
  places: readonly MediaStreamPlace[],
  participant: RemoteParticipantView,
  type: VideoType,
): VideoState {
  const { rawId, sends } = participant;
  const tile = modes.video === 'mixed' ? layout.find(({ identifier, mediaStreamType }) => identifier === rawId && mediaStreamType === type) : undefined;
  const source = modes.video === 'mixed' ? undefined : rawId;
  const place = places.find((candidate) => candidate.source === source && candidate.mediaStreamType === (source === undefined ? 'Video' : type));
  const track = place?.transceiver.receiver.track;
  const isShown = track !== undefined && (modes.video === 'forwarded' || tile !== undefined);
  return {
    // While a call is promoted the roster does not know yet.
    isSent: sends === undefined ? (participant.stream(type)?.isAvailable ?? false) : sends.includes(type),
    picture: isShown ? { track, ...(tile === undefined ? {} : { tile }) } : undefined,
  };
}
