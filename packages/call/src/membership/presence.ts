import { endReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { seatedAt, takesPart } from '../call-model.ts';
import { leave } from './leaving.ts';
import type { LiveCall } from '../live-call.ts';
import { loseDevice } from './ringing.ts';

/** A member's client is not to be reached: it has the reconnect window to come back. A ringing device just goes on ringing. */
export function handleEndpointLost(live: LiveCall, endpointId: string, now: Instant): void {
  const seat = seatedAt(live.model, endpointId)?.seat;
  const key = `presence|${endpointId}` as const;
  if (seat === undefined || !takesPart(seat) || live.deadlines.has(key)) return;
  live.arm(key, live.limits.reconnectMs, now);
  live.flow('controller', seat.participantId, {
    kind: 'decision', what: 'waiting for this client to come back', why: `no sign of it; it has ${Math.round(live.limits.reconnectMs / 1000)} s`,
  });
}

export function handleEndpointRecovered(live: LiveCall, endpointId: string): void {
  const seat = seatedAt(live.model, endpointId)?.seat;
  const key = `presence|${endpointId}` as const;
  if (seat === undefined || !live.deadlines.has(key)) return;
  live.deadlines.clear(key);
  live.flow(seat.participantId, 'controller', { kind: 'decision', what: 'this client is back', why: 'it came back within the reconnect window' });
}

/** The client is gone for good. To the others it left without hanging up, whatever the cause (0/4521). */
export function handleEndpointClosed(live: LiveCall, endpointId: string, cause: 'closed' | 'tokenInvalid', now: Instant): void {
  const seated = seatedAt(live.model, endpointId);
  if (seated === undefined) return;
  const { party, seat } = seated;
  const seen = endReason('leftAbruptly', seat.identifier);
  const own = cause === 'closed' ? seen : endReason('tokenInvalid', seat.identifier);
  if (takesPart(seat)) leave(live, endpointId, own, now, seen);
  else loseDevice(live, party, seat, own, now);
}

/** A member was waited for in vain: for its media after the answer, or for its return. */
export function expireMember(live: LiveCall, endpointId: string, name: 'setupTimeout' | 'mediaLost', now: Instant): void {
  const seat = seatedAt(live.model, endpointId)?.seat;
  if (seat !== undefined) leave(live, endpointId, endReason(name, seat.identifier), now);
}
