import { endReason, identifierKind } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { present, presentOnBackend } from './admission.ts';
import type { CallCommand, EndpointIdentity } from '../call-input.ts';
import { allSeats, seatedAt, seatsOf, takesPart, type Founding, type Party, type PeerSession, type Seat } from '../call-model.ts';
import { endCall } from './departure.ts';
import type { LiveCall } from '../live-call.ts';
import { lookUp } from './ringing.ts';
import { sideOf } from '../media/signaled-side.ts';
import { may } from '../rooms/role-permissions.ts';
import { done, refused, type Verdict } from '../verdict.ts';

type Start = Extract<CallCommand, { kind: 'start' }>;
type Join = Extract<CallCommand, { kind: 'join' }>;

/** A user calls others. One user is called peer-to-peer; a telephone number or several targets need the backend. */
export function start(live: LiveCall, command: Start, now: Instant): Verdict {
  const { model } = live;
  if (model.phase !== 'idle') return refused('CALL_STATE_CONFLICT', 'The call has been started already.');
  const { caller } = command;
  const targets = [...new Set(command.targets)].filter((target) => target !== caller.identifier);
  if (targets.length === 0) return refused('TARGET_INVALID', 'Name at least one target besides yourself.');
  if (targets.length >= live.limits.participants) return refused('TARGET_INVALID', `A call has at most ${live.limits.participants} participants.`);
  const isGroup = targets.length > 1;
  const reason = isGroup ? 'a call to several' : reasonForBackend(live, targets[0] ?? '');
  found(live, {
    origin: 'started', initiator: caller, startedAt: now,
    ...(command.customContext === undefined ? {} : { customContext: command.customContext }),
    ...(command.transferor === undefined ? {} : { transferor: command.transferor }),
    ...relayOf(command),
  }, now);
  if (command.transfer !== undefined) model.errand = { transfer: command.transfer, task: { kind: 'call' } };
  model.kind = isGroup ? 'group' : 'oneToOne';
  const seat = newSeat(live, caller, 'caller', command.isMuted, isGroup ? { kind: 'establishing' } : { kind: 'dialing' }, now);
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  if (reason === undefined) {
    const peer: PeerSession = { mediaSessionId: live.options.newId(), state: 'negotiating', hasConnected: false, polite: false, local: sideOf(command.description) };
    present(live, { ...seat, peer }, now);
    live.decide('media flows peer-to-peer', 'a call between two users');
  } else {
    openConference(live, reason, now);
    // The description for a call between two clients says nothing to the backend.
    presentOnBackend(live, seat, reason === phonesReason ? undefined : command.description, now);
  }
  const { alternateCallerId, customContext } = command;
  const callerId = alternateCallerId === undefined ? {} : { callerId: alternateCallerId };
  const invitation = { ...callerId, ...(customContext === undefined ? {} : { customContext }) };
  for (const target of targets) {
    const party: Party = { identifier: target, addedBy: caller.identifier, invitation, stage: { kind: 'awaitingConference' } };
    model.parties.set(target, party);
    if (reason === undefined) lookUp(live, party, now);
  }
  return endWithoutProcessor(live, now);
}

const phonesReason = 'a call to a user with SIP phones';

/** Why a 1:1 call needs the backend, if it does. */
function reasonForBackend({ options }: LiveCall, target: string): string | undefined {
  if (identifierKind(target) === 'phoneNumber') return 'a call to a telephone number';
  // Without a media processor the phones are not to be had, and clients are reached all the same.
  const canRing = options.hasPhones?.(target) === true && options.mediaProcessorAbsence?.() === undefined;
  return canRing ? phonesReason : undefined;
}

/** An endpoint joins a group call, or the call of a room; the first one brings it into being. */
export function join(live: LiveCall, command: Join, now: Instant): Verdict {
  const { model } = live;
  const { joiner } = command;
  if (model.phase === 'idle') {
    const place = 'groupId' in command ? { groupId: command.groupId } : { roomId: command.roomId };
    found(live, { origin: 'joined', initiator: joiner, ...place, startedAt: now, ...relayOf(command) }, now);
    model.kind = 'roomId' in command ? 'room' : 'group';
    if ('roomId' in command) model.room = { roomId: command.roomId, pstnDialOutEnabled: command.pstnDialOutEnabled };
    openConference(live, 'roomId' in command ? `the call of room ${command.roomId}` : 'a group call', now);
  }
  if (model.phase === 'ended') return refused('CALL_ENDED');
  const isHere = 'groupId' in command ? model.founding?.groupId === command.groupId : model.founding?.roomId === command.roomId;
  if (!isHere) return refused('CALL_NOT_FOUND');
  const existing = seatedAt(model, joiner.endpointId)?.seat;
  if (existing !== undefined && takesPart(existing)) return refused('CALL_STATE_CONFLICT', 'This endpoint is in the call already.');
  if (existing === undefined && isFull(live, joiner.identifier)) return refused('CALL_FULL');
  const isMuted = command.isMuted || !may(model, command, 'unmuteMic');
  const fresh = newSeat(live, joiner, 'participant', isMuted, { kind: 'establishing' }, now);
  const seat: Seat = { ...(existing === undefined ? fresh : { ...existing, mute: fresh.mute, stage: fresh.stage }), ...relayOf(command) };
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  const role = command.role === undefined ? {} : { role: command.role };
  presentOnBackend(live, seat, undefined, now, role);
  return endWithoutProcessor(live, now);
}

/** Whether there is no place for another seat, of a user who may be in the call or rung already. */
export function isFull(live: LiveCall, identifier: string): boolean {
  const { model, limits } = live;
  if (model.participations.length + allSeats(model).length >= limits.participations) return true;
  const party = model.parties.get(identifier);
  return party === undefined ? model.parties.size >= limits.participants : seatsOf(party).length >= limits.devicesPerUser;
}

function relayOf({ relay }: Start | Join): Pick<Founding, 'relay'> {
  return relay === undefined ? {} : { relay };
}

/** The call begins. */
export function found(live: LiveCall, founding: Founding, now: Instant): void {
  live.model.phase = 'running';
  live.model.founding = founding;
  live.arm('duration', live.limits.durationMs, now);
  if (founding.relay === 'off') live.decide('nobody is offered the relay', 'it was turned off for this call');
}

function newSeat(live: LiveCall, endpoint: EndpointIdentity, part: Seat['part'], isMuted: boolean, stage: Seat['stage'], now: Instant): Seat {
  return {
    ...endpoint, participantId: live.options.newId(), part, startedAt: now, stage, mute: isMuted ? { kind: 'muted' } : { kind: 'unmuted' },
    isHolding: false, streams: [], peer: undefined, leg: undefined,
  };
}

/** Asks for the first conference of a call. */
export function openConference(live: LiveCall, why: string, now: Instant): void {
  const conferenceId = live.options.newId();
  const isAbsent = live.options.mediaProcessorAbsence?.() !== undefined;
  live.model.path = { kind: isAbsent ? 'suspended' : 'opening', conferenceId };
  live.decide('media flows through the backend', why);
  live.openConference(conferenceId, now);
}

/** On a server without a media processor a call that needs one is over before it began. */
export function endWithoutProcessor(live: LiveCall, now: Instant): Verdict {
  const absence = live.options.mediaProcessorAbsence?.();
  const isNew = live.model.path.kind === 'suspended' && live.model.losses.length === 0;
  if (absence !== undefined && isNew) endCall(live, endReason('mediaProcessorUnavailable', 'platform', absence), now);
  return done;
}
