import { endReason, identifierKind, type RoomRole } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { hasAnswered, seatsOf, takesPart, type CallModel, type Invitation, type Party, type Seated } from '../call-model.ts';
import { endCall } from './departure.ts';
import { inviteWhenOpen } from './dialing.ts';
import { isFull } from './founding.ts';
import { leave } from './leaving.ts';
import { holdTelephones } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { beginPromotion } from '../media/promotion.ts';
import { may } from '../rooms/role-permissions.ts';
import { failInvitation } from './ringing.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { participantView } from '../views.ts';

/** Invites somebody else. Adding to a direct call promotes it: nobody is rung before there is a conference to come to. */
export function addParticipant(live: LiveCall, { party, seat }: Seated, { target, alternateCallerId, role }: { readonly target: string; readonly alternateCallerId?: string; readonly role?: RoomRole }, now: Instant): Verdict {
  const { model } = live;
  if (!hasAnswered(seat)) return refused('CALL_STATE_CONFLICT', 'Somebody can be added once the call has been answered.');
  if (!may(model, party, isNumber(target) && !isBarred(model, target) ? 'addPhoneNumber' : 'addCommunicationUser')) return refused('ROLE_FORBIDS');
  if (target === seat.identifier) return refused('TARGET_INVALID', 'You are in the call already.');
  return invitePerson(live, { addedBy: seat.identifier, target, ...(role === undefined ? {} : { role }), ...(alternateCallerId === undefined ? {} : { invitation: { callerId: alternateCallerId } }) }, now);
}

/** Has somebody rung who is not in the call. */
export function invitePerson(live: LiveCall, { addedBy, target, role, invitation }: { readonly addedBy: string; readonly target: string; readonly role?: RoomRole; readonly invitation?: Invitation }, now: Instant): Verdict {
  const { model } = live;
  if (model.parties.has(target)) return refused('CALL_STATE_CONFLICT', 'This participant is in the call or being called already.');
  if (isFull(live, target)) return refused('CALL_FULL');
  const absence = live.options.mediaProcessorAbsence?.();
  if (absence !== undefined && model.path.kind === 'peerToPeer') return refused('MEDIA_PROCESSOR_UNAVAILABLE', absence);
  if (isBarred(model, target)) return refused('ROOM_DIAL_OUT_DISABLED', 'From this room no telephone can be called: its pstnDialOutEnabled is false.');
  if (model.room !== undefined && !isNumber(target) && role === undefined) return refused('ROOM_NOT_INVITED', 'Only who is invited to the room can be added to its call.');
  const unreachable = isNumber(target) ? live.options.telephoneAbsence?.() : undefined;
  if (unreachable !== undefined) return refused('TELEPHONY_UNAVAILABLE', unreachable);
  const added: Party = { identifier: target, addedBy, ...(role === undefined ? {} : { role }), ...(invitation === undefined ? {} : { invitation }), stage: { kind: 'awaitingConference' } };
  model.parties.set(target, added);
  if (model.path.kind === 'peerToPeer') beginPromotion(live, `${addedBy} added ${target}`, now);
  else inviteWhenOpen(live, added, now);
  if (model.path.kind === 'conference' && model.kind === 'oneToOne') model.kind = 'group';
  holdTelephones(live);
  return { ok: true, participant: participantView(model, added) };
}

function isNumber(target: string): boolean {
  return identifierKind(target) === 'phoneNumber';
}

/** A telephone number, where the room has none called. */
function isBarred({ room }: CallModel, target: string): boolean {
  return room?.pstnDialOutEnabled === false && isNumber(target);
}

/** Takes somebody out of the call, or gives up inviting them. In a 1:1 call this ends it. */
export function removeParticipant(live: LiveCall, { party, seat }: Seated, target: string, now: Instant): Verdict {
  const { model } = live;
  if (!may(model, party, 'removeParticipant')) return refused('ROLE_FORBIDS');
  const removed = model.parties.get(target);
  if (removed === undefined || target === seat.identifier) return refused('PARTICIPANT_NOT_FOUND');
  if (removed.stage.kind !== 'present') {
    giveUpInvitation(live, removed, seat.identifier, now);
    return done;
  }
  const own = endReason('removed', seat.identifier);
  if (model.kind === 'oneToOne' && model.path.kind !== 'bridging') {
    const ended = endReason('hungUp', seat.identifier);
    endCall(live, ended, now, (other) => (other.identifier === target ? own : ended));
    return done;
  }
  for (const other of seatsOf(removed)) leave(live, other.endpointId, own, now);
  return done;
}

/** Nobody waits for this party any more. */
export function giveUpInvitation(live: LiveCall, party: Party, by: string, now: Instant): void {
  failInvitation(live, party, endReason('cancelled', by), now);
}

/** An endpoint hangs up. Before anybody answered that cancels the call. */
export function hangUp(live: LiveCall, { party, seat }: Seated, forEveryone: boolean, now: Instant): Verdict {
  const { model } = live;
  const isUnanswered = model.founding?.origin === 'started' && model.connectedAt === undefined;
  if (isUnanswered) {
    endCall(live, endReason('cancelled', seat.identifier), now);
    return done;
  }
  if (!forEveryone) {
    leave(live, seat.endpointId, endReason('hungUp', seat.identifier), now);
    return done;
  }
  if (!may(model, party, 'hangUpForEveryOne')) return refused('ROLE_FORBIDS');
  const forAll = endReason('hungUpForEveryone', seat.identifier);
  endCall(live, forAll, now, (other) => (takesPart(other) ? forAll : endReason('cancelled', seat.identifier)));
  return done;
}
