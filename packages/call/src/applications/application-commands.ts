import type { ApplicationInvitation, ApplicationOperation } from '@dialplane/applications-api';
import { endReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import type { Application } from './application-model.ts';
import { tellApplication } from './application-events.ts';
import { admitApplication, withdrawApplication } from './applications.ts';
import type { CallCommand } from '../call-input.ts';
import { seatsOf, takesPart, type Invitation, type Party } from '../call-model.ts';
import { endCall } from '../membership/departure.ts';
import { endWithoutProcessor, found, openConference } from '../membership/founding.ts';
import { giveUpInvitation, invitePerson } from '../membership/inviting.ts';
import { leave } from '../membership/leaving.ts';
import type { LiveCall } from '../live-call.ts';
import { takeIn } from './moved-participants.ts';
import { cancelMedia, provideSounds, requestMedia } from './media-operations.ts';
import { isMember, muteSeat } from '../membership/moderation.ts';
import { holdParticipant } from './participant-hold.ts';
import { pressKeys } from './pressed-keys.ts';
import { beginPromotion } from '../media/promotion.ts';
import { listenToTones, stopListeningToTones } from './recognition.ts';
import { transferByApplication } from '../transfers/transfer.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { members } from '../views.ts';

/** An application calls one or several: on the backend, and 1:1 where it is one. */
export function startAsApplication(live: LiveCall, command: Extract<CallCommand, { kind: 'startAsApplication' }>, now: Instant): Verdict {
  const { model } = live;
  if (model.phase !== 'idle') return refused('CALL_STATE_CONFLICT', 'The call has been started already.');
  const { application, customContext } = command;
  const targets = [...new Set(command.targets)];
  if (targets.length === 0) return refused('TARGET_INVALID', 'Name at least one target.');
  if (targets.length > live.limits.participants) return refused('TARGET_INVALID', `A call has at most ${live.limits.participants} participants.`);
  const { connectionId, ...initiator } = application;
  found(live, { origin: 'started', initiator: { ...initiator, endpointId: connectionId }, startedAt: now, ...(customContext === undefined ? {} : { customContext }) }, now);
  model.kind = targets.length > 1 ? 'group' : 'oneToOne';
  admitApplication(live, application, 'created', now);
  openConference(live, 'a call of an application', now);
  const invitation = invitationOf(command);
  for (const target of targets) model.parties.set(target, { identifier: target, addedBy: application.identifier, invitation, stage: { kind: 'awaitingConference' } });
  return endWithoutProcessor(live, now);
}

/** An application comes to a call that runs; a direct one is promoted for it. */
export function attachApplication(live: LiveCall, { application }: Extract<CallCommand, { kind: 'attachApplication' }>, now: Instant): Verdict {
  const { model, limits, options } = live;
  if (model.phase !== 'running') return refused(model.phase === 'idle' ? 'CALL_NOT_FOUND' : 'CALL_ENDED');
  if (model.applications.has(application.connectionId)) return refused('CALL_STATE_CONFLICT', 'This application is in the call already.');
  if (model.applications.size >= limits.applications) return refused('CALL_FULL', `A call has at most ${limits.applications} applications.`);
  const isDirect = model.path.kind === 'peerToPeer';
  const absence = options.mediaProcessorAbsence?.();
  if (isDirect && absence !== undefined) return refused('MEDIA_PROCESSOR_UNAVAILABLE', absence);
  if (isDirect && !members(model).every(({ seat }) => seat.stage.kind === 'connected')) return refused('CALL_STATE_CONFLICT', 'The call has not been answered yet.');
  admitApplication(live, application, 'attached', now);
  if (isDirect) beginPromotion(live, 'an application comes to the call', now);
  return done;
}

/** A command of an application that is a party of the call. */
export function performAsApplication(live: LiveCall, application: Application, command: Exclude<CallCommand, { kind: 'start' | 'join' | 'startAsApplication' | 'attachApplication' | 'decide' }>, now: Instant): Verdict {
  if (command.kind === 'hangUp') return hangUp(live, application, command.forEveryone, now);
  if (application.stage.kind !== 'connected') return refused('CALL_STATE_CONFLICT', 'The call is not established yet.');
  switch (command.kind) {
    case 'addParticipant':
      return addParticipant(live, application, command, now);
    case 'cancelAddParticipant':
      return cancelAddParticipant(live, application, command, now);
    case 'removeParticipant':
      return removeParticipant(live, application, command, now);
    case 'takeIn':
      return takeIn(live, application, command, now);
    case 'mute':
      return mute(live, application, command.target);
    case 'transfer':
      return transferByApplication(live, application, command, now);
    case 'sendDtmf':
      return pressKeys(live, application, { tones: command.tones, target: command.target, operation: operationOf(command) }, now);
    case 'requestMedia':
      return requestMedia(live, application, command.request, command, now);
    case 'provideSounds':
      return provideSounds(live, application, command.operationId, command.sounds, now);
    case 'cancelMedia':
      return cancelMedia(live, application, now);
    case 'holdParticipant':
      return holdParticipant(live, application, command.target, command.wish, command.operation);
    case 'listenToTones':
      return listenToTones(live, application, command.target, command.operation);
    case 'stopListeningToTones':
      return stopListeningToTones(live, application, command.target, command.operation);
    default:
      return refused('CALL_STATE_CONFLICT', 'An application cannot do this.');
  }
}

function hangUp(live: LiveCall, application: Application, forEveryone: boolean, now: Instant): Verdict {
  const { identifier } = application;
  const cancelled = endReason('cancelled', identifier);
  if (live.model.founding?.origin === 'started' && live.model.connectedAt === undefined && application.origin === 'created') {
    endCall(live, cancelled, now);
  } else if (forEveryone) {
    const forAll = endReason('hungUpForEveryone', identifier);
    endCall(live, forAll, now, (seat) => (takesPart(seat) ? forAll : cancelled));
  } else withdrawApplication(live, application, endReason('hungUp', identifier), now);
  return done;
}

function addParticipant(live: LiveCall, { connectionId, identifier }: Application, command: Extract<CallCommand, { kind: 'addParticipant' }>, now: Instant): Verdict {
  const operation = operationOf(command);
  return invitePerson(live, { addedBy: identifier, target: command.target, ...(command.role === undefined ? {} : { role: command.role }), invitation: { ...invitationOf(command), asking: { connectionId, operation } } }, now);
}

function cancelAddParticipant(live: LiveCall, { connectionId, identifier }: Application, command: Extract<CallCommand, { kind: 'cancelAddParticipant' }>, now: Instant): Verdict {
  const { invitationId } = command;
  const invited = [...live.model.parties.values()].find(({ invitation }) => invitation?.asking?.connectionId === connectionId && invitation.asking.operation.operationId === invitationId);
  const isDone = invited !== undefined && invited.stage.kind !== 'present';
  tellApplication(live, connectionId, { kind: 'addParticipantCancelled', operation: operationOf(command), invitationId, isDone });
  if (!isDone) return done;
  // What becomes of the invitation has been said.
  const { asking: _asking, ...invitation } = invited.invitation ?? {};
  const unasked: Party = { ...invited, invitation };
  live.model.parties.set(invited.identifier, unasked);
  giveUpInvitation(live, unasked, identifier, now);
  return done;
}

function removeParticipant(live: LiveCall, { connectionId, identifier }: Application, command: Extract<CallCommand, { kind: 'removeParticipant' }>, now: Instant): Verdict {
  const { target } = command;
  const removed = live.model.parties.get(target);
  tellApplication(live, connectionId, { kind: 'participantRemoved', operation: operationOf(command), identifier: target, isDone: removed !== undefined });
  if (removed === undefined) return done;
  if (removed.stage.kind !== 'present') giveUpInvitation(live, removed, identifier, now);
  else for (const { endpointId } of seatsOf(removed)) leave(live, endpointId, endReason('removed', identifier), now);
  return done;
}

function mute(live: LiveCall, application: Application, target: string | undefined): Verdict {
  const { model } = live;
  if (target !== undefined && !isMember(model, target)) return refused('PARTICIPANT_NOT_FOUND');
  for (const { seat } of members(model)) if (target === undefined || seat.identifier === target) muteSeat(live, seat, application);
  return done;
}

function invitationOf({ alternateCallerId, callerName, customContext, ringMs }: ApplicationInvitation): Invitation {
  return {
    ...(alternateCallerId === undefined ? {} : { callerId: alternateCallerId }), ...(callerName === undefined ? {} : { callerName }),
    ...(customContext === undefined ? {} : { customContext }), ...(ringMs === undefined ? {} : { ringMs }),
  };
}

function operationOf({ operation, commandId }: { readonly operation?: ApplicationOperation; readonly commandId: string }): ApplicationOperation {
  return operation ?? { operationId: commandId };
}
