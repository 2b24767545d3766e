import { endReason, identifierKind, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { tellApplication } from './application-events.ts';
import type { Application } from './application-model.ts';
import type { CallCommand, CallObservation, CallOutput } from '../call-input.ts';
import { seatsOf, type Party } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { beginPromotion } from '../media/promotion.ts';
import { inviteWhenOpen } from '../membership/dialing.ts';
import { isFull } from '../membership/founding.ts';
import { leave, withdraw } from '../membership/leaving.ts';
import { holdTelephones } from '../telephones/line-commands.ts';
import { releaseLines } from '../transfers/transfer.ts';
import { done, type Verdict } from '../verdict.ts';

/** An application has somebody come here from another call of its: their clients are rung and answer by themselves, their telephone is connected at once. They leave the other call when they are here. */
export function takeIn(live: LiveCall, { connectionId, identifier }: Application, command: Extract<CallCommand, { kind: 'takeIn' }>, now: Instant): Verdict {
  const { model } = live;
  const { target, transferee, from, operation } = command;
  const fault = faultOf(live, command);
  if (fault !== undefined || transferee === undefined) {
    tellApplication(live, connectionId, { kind: 'moveParticipantFailed', operation, identifier: target, movedFrom: from.connectionId, endReason: fault ?? absent });
    return done;
  }
  const party: Party = {
    identifier: target, ...(transferee.displayName === undefined ? {} : { displayName: transferee.displayName }), addedBy: identifier,
    invitation: { transferee, transfer: { callId: from.callId, transferId: live.options.newId() }, asking: { connectionId, operation, movedFrom: from.connectionId } }, stage: { kind: 'awaitingConference' },
  };
  model.parties.set(target, party);
  live.decide(`${target} is to come from another call`, 'an application moves them');
  if (model.path.kind === 'peerToPeer') beginPromotion(live, 'somebody comes from another call', now);
  else inviteWhenOpen(live, party, now);
  if (model.path.kind === 'conference' && model.kind === 'oneToOne') model.kind = 'group';
  holdTelephones(live);
  return done;
}

const absent = endReason('calleeNotFound', 'platform', 'There is no such participant in the other call.');

function faultOf(live: LiveCall, { target, transferee }: Extract<CallCommand, { kind: 'takeIn' }>): EndReason | undefined {
  if (transferee === undefined) return absent;
  const isUninvited = live.model.room !== undefined && (identifierKind(target) !== 'phoneNumber' || !live.model.room.pstnDialOutEnabled);
  if (isUninvited) return endReason('forbidden', 'platform', 'Who is in another call does not come into a room that way: invite them, and they join it.');
  if (live.model.parties.has(target)) return endReason('busy', 'platform', 'They are in this call, or called by it, already.');
  return isFull(live, target) ? endReason('busy', 'platform', 'This call has no place for another participant.') : undefined;
}

/** Longer than it takes until the call that somebody has left is stored without them. */
const repeatedForMs = 10_000;

/** Of a restored call, who had just come from another one: that may never have heard of it, and is told again. */
export function recentMoves({ model, options }: LiveCall, now: Instant): ReadonlyArray<Extract<CallOutput, { kind: 'movedHere' }>> {
  const since = now - (options.downtimeMs ?? 0) - repeatedForMs;
  return [...model.parties.values()].flatMap((party) => {
    const { transfer, transferor } = party.invitation ?? {};
    const isRecent = seatsOf(party).some(({ stage }) => stage.kind === 'connected' && stage.connectedAt >= since);
    // Where a participant transfers somebody, the other call asks for the outcome by itself.
    return transfer === undefined || transferor !== undefined || !isRecent ? [] : [{ kind: 'movedHere', from: transfer.callId, identifier: party.identifier }];
  });
}

/** Another call has somebody who was here: their part here is over, and their lines are the other's. A call of two ends with it, unless an application is there. */
export function handleMovedAway(live: LiveCall, { identifier }: Extract<CallObservation, { kind: 'movedAway' }>, now: Instant): void {
  const party = live.model.parties.get(identifier);
  if (party?.stage.kind !== 'present') return;
  releaseLines(live, identifier);
  live.decide(`${identifier} has gone to another call`, 'an application has moved them');
  const moved = endReason('hungUp', identifier, 'An application has moved this participant to another call.');
  const goesOn = live.model.kind !== 'oneToOne' || live.model.applications.size > 0;
  for (const { endpointId } of seatsOf(party)) (goesOn ? withdraw : leave)(live, endpointId, moved, now);
}
