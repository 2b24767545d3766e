import type { ApplicationIdentity } from '@dialplane/applications-api';
import { endReason, identifierKind, sipEndReason, type Redirection } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { IncomingLine } from '@dialplane/telephony-api';
import { present } from '../membership/admission.ts';
import { admitApplication } from '../applications/applications.ts';
import { conferenceOf, replaceSeat, seatedAt, type Founding, type Party, type Seat } from '../call-model.ts';
import { endCall } from '../membership/departure.ts';
import { endWithoutProcessor, found, isFull, openConference } from '../membership/founding.ts';
import { connectLine } from './line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import type { Transferee } from '../transfers/transfer-model.ts';

/** A telephone calls: users, a number (from a SIP phone), or a group call, which it joins or brings into being. */
export function handleIncomingLine(live: LiveCall, line: IncomingLine, now: Instant): void {
  if (seatedAt(live.model, line.lineId) !== undefined) return;
  if (line.target.kind === 'group') joinGroup(live, line, line.target.groupId, now);
  else if (live.model.phase !== 'idle') live.line({ kind: 'reject', lineId: line.lineId, status: 481 });
  else if (line.target.kind === 'nobody') refuseLine(live, line, line.target, now);
  else if (line.target.kind === 'application') answerByApplication(live, line, line.target, now);
  else startFromTelephone(live, line, line.target, now);
}

/** Somebody has called, and is not wanted: the call is over at once, and what remains is its record. */
function refuseLine(live: LiveCall, line: IncomingLine, { status, sentence }: Extract<IncomingLine['target'], { kind: 'nobody' }>, now: Instant): void {
  found(live, foundingOf(line, now, 'started'), now);
  live.model.kind = 'oneToOne';
  const seat = lineSeat(live, line, 'caller', { kind: 'dialing' }, now);
  present(live, seat, now);
  live.line({ kind: 'reject', lineId: line.lineId, status, sentence });
  if (seat.line !== undefined) replaceSeat(live.model, { ...seat, line: { ...seat.line, state: 'over' } });
  endCall(live, sipEndReason({ direction: 'incoming', status, sentence, endedBy: status === 487 ? line.from : 'platform' }), now);
}

/** An application has answered: the telephone is connected as soon as it has a leg. */
function answerByApplication(live: LiveCall, line: IncomingLine, application: ApplicationIdentity, now: Instant): void {
  const { model } = live;
  found(live, foundingOf(line, now, 'started'), now);
  model.kind = 'oneToOne';
  admitApplication(live, application, 'answered', now);
  openConference(live, 'an application answers', now);
  const seat = lineSeat(live, line, 'caller', { kind: 'establishing' }, now);
  const conferenceId = model.path.kind === 'suspended' ? undefined : conferenceOf(model);
  present(live, { ...seat, leg: conferenceId === undefined ? undefined : connectLine(live, conferenceId, seat) }, now);
  live.arm(`setup|${line.lineId}`, live.limits.setupMs, now);
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  endWithoutProcessor(live, now);
}

/** Of a telephone that an application has answered: its leg is there, and with that the answer is on its way. */
export function connectAnswered(live: LiveCall, seat: Seat, now: Instant): void {
  if (seat.line === undefined || seat.stage.kind !== 'establishing') return;
  replaceSeat(live.model, { ...seat, stage: { kind: 'connected', connectedAt: now } });
  live.deadlines.clear(`setup|${seat.endpointId}`);
  live.model.connectedAt ??= now;
  live.flow('controller', seat.participantId, { kind: 'callState', state: 'Connected' });
}

/** As a 1:1 call: the first of several users who answers has it. */
function startFromTelephone(live: LiveCall, line: IncomingLine, target: Exclude<IncomingLine['target'], { kind: 'group' | 'application' | 'nobody' }>, now: Instant): void {
  const { model } = live;
  found(live, foundingOf(line, now, 'started'), now);
  model.kind = 'oneToOne';
  const seat = lineSeat(live, line, 'caller', { kind: 'dialing' }, now);
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  openConference(live, 'a call from a telephone', now);
  present(live, seat, now);
  const called = target.kind === 'users' ? target.identifiers : [`4:${target.number}`];
  for (const identifier of new Set(called)) {
    if (identifier === line.from || model.parties.size > live.limits.participants) continue;
    const invitation = target.kind === 'number' && target.callerId !== undefined ? { invitation: { callerId: `4:${target.callerId}` } } : {};
    const party: Party = { identifier, addedBy: line.from, ...invitation, stage: { kind: 'awaitingConference' } };
    model.parties.set(identifier, party);
  }
  endWithoutProcessor(live, now);
  if (model.parties.size === 1) endCall(live, endReason('calleeNotFound', 'platform'), now);
}

function joinGroup(live: LiveCall, line: IncomingLine, groupId: string, now: Instant): void {
  const { model } = live;
  if (model.phase === 'idle') {
    found(live, { ...foundingOf(line, now, 'joined'), groupId }, now);
    model.kind = 'group';
    openConference(live, 'a group call', now);
  }
  if (model.founding?.groupId !== groupId || isFull(live, line.from)) {
    live.line({ kind: 'reject', lineId: line.lineId, status: 486 });
    return;
  }
  const seat = lineSeat(live, line, 'participant', { kind: 'connected', connectedAt: now }, now);
  const conferenceId = conferenceOf(model);
  // While there is no conference to come to the line goes on ringing: whichever is opened next takes it.
  const leg = conferenceId === undefined || model.path.kind === 'suspended' ? undefined : connectLine(live, conferenceId, seat);
  present(live, { ...seat, leg }, now);
  model.connectedAt ??= now;
  live.flow('controller', seat.participantId, { kind: 'callState', state: 'Connected' });
  endWithoutProcessor(live, now);
}

/** A telephone that another call hands over takes part at once. */
export function adoptLine(live: LiveCall, party: Party, { lineId, line }: NonNullable<Transferee['telephone']>, now: Instant): void {
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return;
  const { identifier, displayName } = party;
  const seat: Seat = {
    endpointId: lineId, identifier, participantId: live.options.newId(), part: 'participant', startedAt: now, stage: { kind: 'connected', connectedAt: now }, mute: { kind: 'unmuted' },
    isHolding: false, streams: ['Audio'], peer: undefined, leg: undefined, ...(displayName === undefined ? {} : { displayName }), line: { ...line, isHeld: false },
  };
  if (line.isHeld) live.line({ kind: 'setHeld', lineId, isHeld: false });
  live.model.parties.set(identifier, { ...party, stage: { kind: 'present', seats: [{ ...seat, leg: connectLine(live, conferenceId, seat) }] } });
  live.flow('controller', seat.participantId, { kind: 'callState', state: 'Connected' });
}

function foundingOf({ lineId, from, displayName, customContext }: IncomingLine, now: Instant, origin: Founding['origin']): Founding {
  return {
    origin, startedAt: now, initiator: { endpointId: lineId, identifier: from, ...(displayName === undefined ? {} : { displayName }) },
    ...(customContext === undefined ? {} : { customContext }),
  };
}

function lineSeat(live: LiveCall, { lineId, from, displayName, to, trunk, redirections = [] }: IncomingLine, part: Seat['part'], stage: Seat['stage'], now: Instant): Seat {
  const called = identifierKind(from) === 'phoneNumber' ? { callerId: to } : {};
  const participantId = live.options.newId();
  for (const { by, reason } of redirections) live.flow('telephony', participantId, { kind: 'decision', what: `the call was for ${by} and was sent on`, why: reasonWords[reason] });
  return {
    endpointId: lineId, identifier: from, participantId, part, startedAt: now, stage, mute: { kind: 'unmuted' }, isHolding: false,
    streams: ['Audio'], peer: undefined, leg: undefined, ...(displayName === undefined ? {} : { displayName }),
    line: { direction: 'incoming', state: 'open', trunks: trunk === undefined ? [] : [trunk], isHeld: false, ...called, ...(redirections.length === 0 ? {} : { redirections }) },
  };
}

/** Why a call was sent on, for the flow. */
const reasonWords: Readonly<Record<Redirection['reason'], string>> = {
  unconditional: 'All calls are sent on from there.', busy: 'It was busy there.', noAnswer: 'Nobody answered there.', unavailable: 'It could not be reached.', deflection: 'It was decided there, for this call.',
  unknown: 'The network does not say why.',
};
