import type { MediaEvent } from '@dialplane/media-api';
import { allSeats, replaceSeat } from './call-model.ts';
import type { LiveCall } from './live-call.ts';

/** Other pictures of a leg are watched: its client is told, so that it sends no more than somebody sees. Nothing of it is stored: another conference says it anew. */
export function watchedChanged(live: LiveCall, { legId, watched }: Extract<MediaEvent, { kind: 'watchedChanged' }>): void {
  const seat = allSeats(live.model).find((seated) => seated.seat.leg?.mediaSessionId === legId)?.seat;
  if (seat?.leg === undefined || seat.line !== undefined) return;
  replaceSeat(live.model, { ...seat, leg: { ...seat.leg, watched } });
  live.tell(seat.endpointId, () => ({ type: 'watchedPicturesChanged', mediaSessionId: legId, watched: [...watched] }));
}
