import { endReason, identifierKind, type RoomRole } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { CallObservation } from '../call-input.ts';
import { replaceSeat, seatsOf, type Party } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { restrictLeg } from '../media/media-legs.ts';
import { leave } from '../membership/leaving.ts';
import { setMute } from '../membership/moderation.ts';
import { failInvitation } from '../membership/ringing.ts';
import { may, sendableBy } from './role-permissions.ts';

/** The room of this call is another one now: who is invited no more leaves, and who has another role may do what that permits. Telephones are on no list. */
export function handleRoomChanged(live: LiveCall, { pstnDialOutEnabled, roles }: Extract<CallObservation, { kind: 'roomChanged' }>, now: Instant): void {
  const { model } = live;
  if (model.room === undefined) return;
  if (model.room.pstnDialOutEnabled !== pstnDialOutEnabled) model.room = { ...model.room, pstnDialOutEnabled };
  for (const party of model.parties.values()) {
    if (identifierKind(party.identifier) !== 'communicationUser' || model.phase !== 'running') continue;
    const role = roles[party.identifier];
    if (role === undefined) takeInvitationBack(live, party, now);
    else if (role !== party.role) changeRole(live, party, role);
  }
}

function takeInvitationBack(live: LiveCall, party: Party, now: Instant): void {
  const reason = endReason('roomInvitationRemoved', 'platform');
  if (party.stage.kind !== 'present') failInvitation(live, party, reason, now);
  else for (const { endpointId } of seatsOf(party)) leave(live, endpointId, reason, now);
}

function changeRole(live: LiveCall, before: Party, role: RoomRole): void {
  const { model } = live;
  const party = { ...before, role };
  model.parties.set(party.identifier, party);
  live.decide(`${party.identifier} is ${role}`, `their role in the room was changed${before.role === undefined ? '' : ` from ${before.role}`}`);
  if (!may(model, party, 'raiseHand')) model.hands = model.hands.filter((identifier) => identifier !== party.identifier);
  const sendable = sendableBy(model, party);
  for (const seat of seatsOf(party)) {
    const streams = seat.streams.filter((type) => type === 'Audio' || sendable.includes(type));
    if (streams.length < seat.streams.length) replaceSeat(model, { ...seat, streams });
    if (!sendable.includes('Audio')) setMute(live, { ...seat, streams }, { kind: 'muted' });
    restrictLeg(live, seat.endpointId, 'always');
  }
}
