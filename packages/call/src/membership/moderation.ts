import type { ReactionType } from '@dialplane/calling-api';
import { conferenceOf, replaceSeat, seatsOf, takesPart, type CallModel, type MuteState, type Party, type Seat, type Seated } from '../call-model.ts';
import { holdTelephones } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { may } from '../rooms/role-permissions.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { clients, members, stateOf } from '../views.ts';

/** Whether a party may act on others in what has no permission of its own: lower their hands, choose how media reaches them, hand them over. */
export function governs(model: CallModel, party: Party): boolean {
  return may(model, party, 'muteOthers');
}

/** Holding and resuming one's own media; the others see it (1:1: `RemoteHold`, group: participant state `Hold`). */
export function setHeld(live: LiveCall, seat: Seat, isHolding: boolean): Verdict {
  if (seat.stage.kind !== 'connected') return refused('CALL_STATE_CONFLICT', 'Only a connected call can be held.');
  if (seat.isHolding === isHolding) return done;
  const changed: Seat = { ...seat, isHolding };
  replaceSeat(live.model, changed);
  const conferenceId = conferenceOf(live.model);
  if (seat.leg !== undefined && conferenceId !== undefined) {
    live.media({ kind: 'setHeld', conferenceId, legId: seat.leg.mediaSessionId, isHeld: isHolding || seat.hold !== undefined });
  }
  holdTelephones(live);
  live.flow(seat.participantId, 'controller', { kind: 'callState', state: stateOf(live.model, changed) });
  return done;
}

export function updateSelf(live: LiveCall, { party, seat }: Seated, change: { readonly isMuted?: boolean; readonly isHandRaised?: boolean }): Verdict {
  const { model } = live;
  const isForbidden = (change.isMuted === false && !may(model, party, 'unmuteMic')) || (change.isHandRaised === true && !may(model, party, 'raiseHand'));
  if (isForbidden) return refused('ROLE_FORBIDS');
  if (change.isMuted !== undefined) setMute(live, seat, change.isMuted ? { kind: 'muted' } : { kind: 'unmuted' });
  if (change.isHandRaised !== undefined) {
    const others = model.hands.filter((identifier) => identifier !== seat.identifier);
    if (!change.isHandRaised) model.hands = others;
    else if (!model.hands.includes(seat.identifier)) model.hands = [...others, seat.identifier];
  }
  return done;
}

/** Mutes a participant, or everybody else. Who is muted already stays muted as it was. */
export function muteOthers(live: LiveCall, { party, seat }: Seated, target: string | undefined): Verdict {
  const { model } = live;
  if (model.kind === 'oneToOne') return refused('CALL_NOT_GROUP');
  if (!governs(model, party)) return refused('ROLE_FORBIDS');
  if (target !== undefined && (target === party.identifier || !isMember(model, target))) return refused('PARTICIPANT_NOT_FOUND');
  for (const { seat: other } of members(model)) {
    if (other.identifier === seat.identifier || (target !== undefined && other.identifier !== target)) continue;
    muteSeat(live, other, seat);
  }
  return done;
}

/** Somebody is muted by another, or by an application. */
export function muteSeat(live: LiveCall, seat: Seat, by: Pick<Seat, 'identifier' | 'participantId'>): void {
  if (seat.mute.kind === 'muted') return;
  setMute(live, seat, { kind: 'muted', by: by.identifier });
  live.flow(by.participantId, seat.participantId, { kind: 'decision', what: 'muted', why: `${by.identifier} muted ${seat.identifier}` });
}

/** Lowers the hands of `targets`, or all. Unknown targets and lowered hands are no error: the wish is fulfilled. */
export function lowerHands(live: LiveCall, party: Party, targets: readonly string[] | undefined): Verdict {
  if (!governs(live.model, party)) return refused('ROLE_FORBIDS');
  live.model.hands = targets === undefined ? [] : live.model.hands.filter((identifier) => !targets.includes(identifier));
  return done;
}

/** A reaction passes by: everybody else sees it, and nothing of it remains. */
export function react(live: LiveCall, { party, seat }: Seated, reactionType: ReactionType): Verdict {
  if (!may(live.model, party, 'useReactions')) return refused('ROLE_FORBIDS');
  for (const { seat: other } of clients(live.model)) {
    if (other.endpointId !== seat.endpointId) live.tell(other.endpointId, () => ({ type: 'reactionReceived', sender: seat.identifier, reactionType }));
  }
  return done;
}

/** The media processor is told, and the others see it. */
export function setMute(live: LiveCall, seat: Seat, mute: MuteState): void {
  if (seat.mute.kind === mute.kind) return;
  replaceSeat(live.model, { ...seat, mute });
  const conferenceId = conferenceOf(live.model);
  if (seat.leg === undefined || conferenceId === undefined) return;
  live.media({ kind: 'setMuted', conferenceId, legId: seat.leg.mediaSessionId, isMuted: mute.kind === 'muted' });
}

/** Whether somebody takes part: not merely rings. */
export function isMember(model: CallModel, identifier: string): boolean {
  const party = model.parties.get(identifier);
  return party !== undefined && seatsOf(party).some(takesPart);
}
