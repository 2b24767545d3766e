import { identifierKind } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { LineCommand, LineDevice, LineTarget } from '@dialplane/telephony-api';
import { conferenceOf, isCalling, seatsOf, type Party, type Seat, type SeatLine } from '../call-model.ts';
import { lineLeg, numberOf } from './line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import type { Person } from '../transfers/transfer-model.ts';

/** Rings the telephone of a number. There is a conference, or it cannot. */
export function ringNumber(live: LiveCall, party: Party, now: Instant): void {
  const shown = party.invitation?.callerId;
  const callerId = shown === undefined ? {} : { callerId: numberOf(shown) };
  ring(live, party, { kind: 'number', number: numberOf(party.identifier), ...callerId }, undefined, now);
}

/** Rings a user's SIP phones beside the clients that ring already. As above. */
export function ringPhones(live: LiveCall, identifier: string, phones: readonly LineDevice[], now: Instant): void {
  for (const { deviceId, displayName } of phones) {
    const party = live.model.parties.get(identifier);
    if (party === undefined || seatsOf(party).length >= live.limits.devicesPerUser) return;
    ring(live, party, { kind: 'device', deviceId }, displayName, now);
  }
}

function ring(live: LiveCall, party: Party, target: LineTarget, displayName: string | undefined, now: Instant): void {
  const { model, options } = live;
  const conferenceId = conferenceOf(model);
  if (conferenceId === undefined) return;
  const { callerId, customContext = model.founding?.customContext } = party.invitation ?? {};
  const line: SeatLine = {
    direction: 'outgoing', state: 'open', trunks: [], isHeld: false, ...(callerId === undefined ? {} : { callerId }),
    ...(target.kind === 'device' ? { deviceId: target.deviceId } : {}),
  };
  const seat: Seat = {
    endpointId: options.newId(), identifier: party.identifier, participantId: options.newId(), part: 'callee', startedAt: now, stage: { kind: 'offered' },
    mute: { kind: 'unmuted' }, isHolding: false, streams: ['Audio'], peer: undefined, leg: lineLeg(live), line, ...(displayName === undefined ? {} : { displayName }),
  };
  model.parties.set(party.identifier, { ...party, stage: { kind: 'ringing', seats: [...seatsOf(party), seat] } });
  live.line({
    kind: 'dial', callId: options.callId, lineId: seat.endpointId, target, from: callerOf(live, party), conferenceId, legId: seat.leg?.mediaSessionId ?? '',
    ...(customContext === undefined ? {} : { customContext }), ...redirectionsOf(live, party),
  });
  live.flow('controller', seat.participantId, { kind: 'callState', state: 'Ringing' });
}

/** A call that a telephone began goes on with its history, and one that is transferred with where it was then. */
function redirectionsOf({ model }: LiveCall, { addedBy, invitation }: Party): Pick<Extract<LineCommand, { kind: 'dial' }>, 'redirections'> {
  const { transferor, history = [] } = invitation ?? {};
  const inviter = addedBy === undefined ? undefined : model.parties.get(addedBy);
  const line = inviter === undefined ? undefined : seatsOf(inviter).find((seat) => transferor !== undefined || isCalling(seat))?.line;
  const by = transferor === undefined ? undefined : numberOfTransferor(transferor, line);
  const redirections = [...(line?.redirections ?? []), ...(by === undefined ? [] : [{ by, reason: 'deflection' } as const]), ...history];
  return redirections.length === 0 ? {} : { redirections };
}

/** Their own, or the one under which the transferred telephone has reached them. */
function numberOfTransferor({ identifier }: Person, line: SeatLine | undefined): string | undefined {
  return identifierKind(identifier) === 'phoneNumber' ? identifier : line?.callerId;
}

/** Who wants this party to come. */
function callerOf({ model }: LiveCall, { identifier, addedBy, invitation }: Party): { readonly identifier: string; readonly displayName?: string } {
  const inviter = addedBy === undefined ? undefined : model.parties.get(addedBy);
  const displayName = invitation?.callerName ?? (inviter ?? model.founding?.initiator)?.displayName;
  return { identifier: inviter?.identifier ?? addedBy ?? model.founding?.initiator.identifier ?? identifier, ...(displayName === undefined ? {} : { displayName }) };
}

