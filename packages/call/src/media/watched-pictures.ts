import type { MediaEvent } from '@dialplane/media-api';
import { allSeats, replaceSeat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';

/** Changes of one leg that the call flow is told: who scrolls up and down for an hour must not fill it. */
const mostTold = 50;

/** Other pictures of a leg are watched: its client is told, so that it sends no more than is of use to somebody. Nothing of it is stored but its lines in the flow: another conference says it anew. */
export function watchedChanged(live: LiveCall, { legId, watched, why }: Extract<MediaEvent, { kind: 'watchedChanged' }>): void {
  const seat = allSeats(live.model).find((seated) => seated.seat.leg?.mediaSessionId === legId)?.seat;
  if (seat?.leg === undefined || seat.line !== undefined) return;
  const watchedChanges = (seat.leg.watchedChanges ?? 0) + 1;
  replaceSeat(live.model, { ...seat, leg: { ...seat.leg, watched, watchedChanges } });
  if (watchedChanges <= mostTold) live.flow('mediaProcessor', seat.participantId, { kind: 'decision', what: watched.length === 0 ? 'asked for all of its pictures again' : 'asked for the pictures that are watched, and no more', why: watchedChanges === mostTold ? `${why}; later changes are not written down` : why });
  live.tell(seat.endpointId, () => ({ type: 'watchedPicturesChanged', mediaSessionId: legId, watched: [...watched] }));
}
