import type { EndReason } from '@dialplane/calling-api';
import type { LegSound } from '@dialplane/media-api';
import { conferenceOf, hasAnswered, isCalling, replaceSeat, silentSide, type LegSession, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { settleHold } from '../applications/participant-hold.ts';
import { members, telephones } from '../views.ts';

/** The E.164 number in a telephone's raw identifier: `4:+15550100` is `+15550100`. */
export function numberOf(identifier: string): string {
  return identifier.replace(/^4:/, '');
}

/** A leg for a line, which telephony will open under this id. */
export function lineLeg(live: LiveCall): LegSession {
  return { mediaSessionId: live.options.newId(), state: 'negotiating', hasConnected: false, local: silentSide, processor: undefined, modes: live.model.modes };
}

/** Whom a line calls is being rung: its caller is told, or hears a ringing tone from the returned leg, which telephony opens where that is the custom. */
export function alertLine(live: LiveCall, { endpointId: lineId }: Seat): LegSession | undefined {
  const { path } = live.model;
  const conferenceId = path.kind === 'suspended' ? undefined : conferenceOf(live.model);
  const leg = conferenceId === undefined ? undefined : lineLeg(live);
  live.line({ kind: 'alert', lineId, ...(conferenceId !== undefined && leg !== undefined && { sound: { conferenceId, legId: leg.mediaSessionId } }) });
  return leg;
}

/**
 * Answers a line that calls, or has an answered one move to this conference: its media leg is the returned one from now on.
 *
 * @param leg the one from which the caller has heard that it rings.
 */
export function connectLine(live: LiveCall, conferenceId: string, { endpointId }: Seat, leg: LegSession = lineLeg(live)): LegSession {
  live.line({ kind: 'connect', lineId: endpointId, callId: live.options.callId, conferenceId, legId: leg.mediaSessionId });
  return leg;
}

/** A telephone's part ends for `reason`: what its line has to be told, unless that is over already. */
export function endLine(live: LiveCall, seat: Seat, reason: EndReason): void {
  if (seat.line?.state !== 'open') return;
  const lineId = seat.endpointId;
  if (seat.line.direction === 'incoming' && isCalling(seat)) live.line({ kind: 'reject', lineId, status: rejectStatus(reason) });
  else live.line({ kind: 'hangUp', lineId });
}

/** The SIP status that says best why a calling telephone is not answered: busy, declined, unknown or failed; else it is unavailable. */
function rejectStatus({ code }: EndReason): number {
  return code === 486 || code === 603 || code === 404 || code === 403 || code === 500 || code === 503 ? code : 480;
}

/** In a 1:1 call a telephone is on hold while the other side holds; it hears music then. In a group hold is local. */
export function holdTelephones(live: LiveCall): void {
  const { model } = live;
  for (const { seat } of telephones(model)) {
    if (seat.line === undefined || !hasAnswered(seat)) continue;
    const isHeld = model.kind === 'oneToOne' && members(model).some(({ seat: other }) => other.identifier !== seat.identifier && other.isHolding);
    if (isHeld === seat.line.isHeld) continue;
    const changed: Seat = { ...seat, line: { ...seat.line, isHeld } };
    replaceSeat(model, changed);
    live.line({ kind: 'setHeld', lineId: seat.endpointId, isHeld });
    play(live, changed, isHeld ? 'hold' : 'none');
  }
}

/** What somebody hears besides the mix. */
export function play(live: LiveCall, { leg }: Seat, sound: LegSound): void {
  const conferenceId = conferenceOf(live.model);
  if (leg !== undefined && conferenceId !== undefined) live.media({ kind: 'setSound', conferenceId, legId: leg.mediaSessionId, sound });
}

/**
 * The leg of a line is there: it is made what the seat is. Before it answers a telephone that is added to a group is not heard, whatever its network plays; in a 1:1
 * call that is what the caller waits for.
 */
export function settleLineLeg(live: LiveCall, seat: Seat): void {
  const conferenceId = conferenceOf(live.model);
  if (seat.leg === undefined || conferenceId === undefined) return;
  const isSilenced = seat.mute.kind === 'muted' || (live.model.kind !== 'oneToOne' && !hasAnswered(seat));
  if (isSilenced) live.media({ kind: 'setMuted', conferenceId, legId: seat.leg.mediaSessionId, isMuted: true });
  if (seat.hold !== undefined) settleHold(live, seat, 'new');
  else if (seat.line?.isHeld === true) play(live, seat, 'hold');
  else if (seat.stage.kind === 'ringback') play(live, seat, 'ringback');
}
