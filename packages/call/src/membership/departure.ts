import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { Application } from '../applications/application-model.ts';
import { allSeats, conferenceOf, seatsOf, type Party, type Seat, type SeatLine } from '../call-model.ts';
import type { ParticipationRecord } from '../call-record.ts';
import { failErrand } from '../transfers/errand.ts';
import { endLine } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { changeSpotlight } from './spotlight.ts';
import { members, recordOf } from '../views.ts';

/**
 * Ends one endpoint's part: it is told, recorded, and its leg is closed. The caller of this function takes the seat out of
 * its party.
 */
export function endSeat(live: LiveCall, seat: Seat, reason: EndReason, now: Instant): void {
  const { model } = live;
  const connectedAt = connectedAtOf(seat);
  model.participations.push({
    participantId: seat.participantId, endpointId: seat.endpointId, identifier: seat.identifier,
    ...(seat.displayName === undefined ? {} : { displayName: seat.displayName }),
    role: seat.part, startedAt: seat.startedAt, ...(connectedAt === undefined ? {} : { connectedAt }), endedAt: now, endReason: reason,
    ...(seat.line === undefined ? {} : { line: lineRecord(seat.line) }),
  });
  live.deadlines.clear(`setup|${seat.endpointId}`);
  live.deadlines.clear(`presence|${seat.endpointId}`);
  const conferenceId = conferenceOf(model);
  if (seat.line !== undefined) endLine(live, seat, reason);
  else if (seat.leg !== undefined && conferenceId !== undefined) live.media({ kind: 'closeLeg', conferenceId, legId: seat.leg.mediaSessionId });
  for (const session of [seat.peer, seat.leg]) if (session !== undefined) live.deadlines.clear(`interruption|${session.mediaSessionId}`);
  live.flow('controller', seat.participantId, { kind: 'ended', endReason: reason, identifier: seat.identifier });
  if (seat.line === undefined) live.tell(seat.endpointId, () => ({ type: 'callStateChanged', state: 'Disconnected', endReason: reason }));
}

/** Ends the part of an application: it is told, which is the last that it hears, and recorded. The caller of this function takes it out of the call. */
export function endApplication(live: LiveCall, application: Application, reason: EndReason, now: Instant): void {
  const { connectionId, identifier, displayName, participantId, part, startedAt, stage } = application;
  const connectedAt = stage.kind === 'connected' ? stage.connectedAt : undefined;
  live.model.participations.push({
    participantId, endpointId: connectionId, identifier, ...(displayName === undefined ? {} : { displayName }), role: part, startedAt,
    ...(connectedAt === undefined ? {} : { connectedAt }), endedAt: now, endReason: reason, isApplication: true,
  });
  live.flow('controller', participantId, { kind: 'ended', endReason: reason, identifier });
  const event = { kind: 'disconnected', endReason: reason, hasConnected: connectedAt !== undefined } as const;
  live.effects.push({ kind: 'output', output: { kind: 'application', connectionId, event } });
}

function lineRecord({ direction, trunks, callerId, redirections }: SeatLine): NonNullable<ParticipationRecord['line']> {
  const trunk = trunks.at(-1);
  return { direction, ...(trunk === undefined ? {} : { trunk }), ...(callerId === undefined ? {} : { callerId }), ...(redirections === undefined ? {} : { redirections }) };
}

function connectedAtOf({ stage }: Seat): number | undefined {
  if (stage.kind === 'connected') return stage.connectedAt;
  return stage.kind === 'establishing' ? stage.answeredAt : undefined;
}

/** Ends every seat of a party with `own` and takes it off the roster; `seen` is what the others are told. */
export function dismissParty(live: LiveCall, party: Party, own: EndReason, now: Instant, seen: EndReason = own): void {
  const { model } = live;
  const seats = seatsOf(party);
  for (const seat of seats) endSeat(live, seat, own, now);
  if (seats.length === 0) model.unreached.push({ identifier: party.identifier, endReason: own });
  removeParty(live, party, seen);
}

export function removeParty(live: LiveCall, party: Party, endReasonSeen: EndReason): void {
  const { model } = live;
  live.deadlines.clear(`find|${party.identifier}`);
  live.deadlines.clear(`ring|${party.identifier}`);
  model.parties.delete(party.identifier);
  model.hands = model.hands.filter((identifier) => identifier !== party.identifier);
  changeSpotlight(live, model.spotlight.filter((identifier) => identifier !== party.identifier));
  tellFailure(live, party, endReasonSeen);
  live.departures.push({
    identifier: party.identifier, ...(party.addedBy === undefined ? {} : { addedBy: party.addedBy }), endReason: endReasonSeen,
  });
}

/** An application that has asked for somebody hears that they will not come. */
function tellFailure(live: LiveCall, { identifier, invitation }: Party, reason: EndReason): void {
  if (invitation?.asking === undefined || !live.model.applications.has(invitation.asking.connectionId)) return;
  const { connectionId, operation, movedFrom } = invitation.asking;
  const failed = { operation, identifier, endReason: reason };
  const event = movedFrom === undefined ? { kind: 'addParticipantFailed' as const, ...failed } : { kind: 'moveParticipantFailed' as const, ...failed, movedFrom };
  live.effects.push({ kind: 'output', output: { kind: 'application', connectionId, event } });
}

/**
 * Ends a group call in which nobody is left, or nobody but a telephone that was called; people who still ring hear that it was cancelled. With an application a
 * telephone is not alone, and whom it waits for is waited for.
 */
export function endWhenEmpty(live: LiveCall, cause: EndReason, now: Instant): void {
  const { model } = live;
  if (model.phase !== 'running') return;
  if (model.applications.size > 0 && model.parties.size > 0) return;
  const [first, ...others] = members(model);
  if (others.length > 0 || (first !== undefined && !wasDialled(first.seat))) return;
  const cancelled = endReason('cancelled', cause.endedBy);
  endCall(live, cause, now, () => cancelled);
}

/** A telephone number that was called: who is there did not come by themselves, and has nobody to wait for. */
function wasDialled({ line }: Seat): boolean {
  return line?.direction === 'outgoing' && line.deviceId === undefined;
}

/** Ends the call for everybody, each seat with the reason that `reasonFor` gives it. Nothing happens after this. */
export function endCall(live: LiveCall, cause: EndReason, now: Instant, reasonFor: (seat: Seat) => EndReason = () => cause): void {
  const { model } = live;
  const conferenceId = conferenceOf(model);
  failErrand(live, cause);
  model.transfer = undefined;
  for (const { seat } of allSeats(model)) endSeat(live, { ...seat, leg: undefined }, reasonFor(seat), now);
  const notReached = cause.category === 'Success' ? endReason('cancelled', cause.endedBy) : cause;
  for (const party of model.parties.values()) tellFailure(live, party, notReached);
  for (const application of model.applications.values()) endApplication(live, application, cause, now);
  for (const party of model.parties.values()) {
    if (seatsOf(party).length === 0) model.unreached.push({ identifier: party.identifier, endReason: notReached });
  }
  if (conferenceId !== undefined) live.media({ kind: 'closeConference', conferenceId });
  live.flow('controller', undefined, { kind: 'ended', endReason: cause });
  for (const [key] of live.deadlines.list()) live.deadlines.clear(key);
  model.parties.clear();
  model.applications.clear();
  model.hands = [];
  model.spotlight = [];
  live.departures = [];
  model.phase = 'ended';
  live.effects.push({ kind: 'output', output: { kind: 'ended', record: recordOf(live, cause, now) } });
}
