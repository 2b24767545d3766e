import type { SendMessageRequest } from '@dialplane/calling-api';
import type { Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { clients } from '../views.ts';

/** What a message consists of, and for whom it is: everybody else without `targets`. */
export type Message = Pick<SendMessageRequest, 'channelId' | 'sequenceNumber' | 'data' | 'targets'>;

/** A message passes by: the others hear it, and nothing of it remains. A target that is not there misses it. */
export function sendMessage(live: LiveCall, seat: Seat, { targets, channelId, sequenceNumber, data }: Message): Verdict {
  if (live.model.kind === 'oneToOne') return refused('CALL_NOT_GROUP');
  const wanted = targets === undefined ? undefined : new Set(targets);
  for (const { seat: other } of clients(live.model)) {
    if (other.endpointId === seat.endpointId || wanted?.has(other.identifier) === false) continue;
    live.tell(other.endpointId, () => ({ type: 'messageReceived', sender: seat.identifier, channelId, sequenceNumber, data }));
  }
  return done;
}
