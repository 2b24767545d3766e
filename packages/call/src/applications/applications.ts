import type { ApplicationIdentity, ApplicationParticipant } from '@dialplane/applications-api';
import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { tellApplication } from './application-events.ts';
import type { Application } from './application-model.ts';
import { seatsOf, takesPart, type CallModel, type Party } from '../call-model.ts';
import { endApplication, endCall, endWhenEmpty } from '../membership/departure.ts';
import { hasArrived } from '../transfers/errand.ts';
import type { LiveCall } from '../live-call.ts';
import { cancelMedia } from './media-operations.ts';
import { releaseHeld } from './participant-hold.ts';
import { members } from '../views.ts';

/** An application becomes a party; it is connected as soon as somebody else is. */
export function admitApplication(live: LiveCall, { connectionId, identifier, displayName }: ApplicationIdentity, origin: Application['origin'], now: Instant): Application {
  const parts = { answered: 'callee', created: 'caller', attached: 'participant' } as const;
  const application: Application = {
    connectionId, identifier, ...(displayName === undefined ? {} : { displayName }), participantId: live.options.newId(), part: parts[origin], origin, startedAt: now,
    stage: { kind: 'connecting' }, sequenceNumber: 0,
  };
  live.model.applications.set(connectionId, application);
  live.flow(application.participantId, 'controller', { kind: 'callState', state: 'Connecting' });
  return application;
}

/** To be called after each input: an application is connected when somebody is in the conference, and hears of those who came for it. */
export function settleApplications(live: LiveCall, now: Instant): void {
  const { model } = live;
  if (model.phase !== 'running' || model.applications.size === 0) return;
  if (model.path.kind === 'conference' && [...model.parties.keys()].some((identifier) => hasArrived(model, identifier))) connectApplications(live, now);
  for (const party of model.parties.values()) tellArrival(live, party);
}

function connectApplications(live: LiveCall, now: Instant): void {
  for (const application of live.model.applications.values()) {
    if (application.stage.kind === 'connected') continue;
    live.model.applications.set(application.connectionId, { ...application, stage: { kind: 'connected', connectedAt: now } });
    live.flow('controller', application.participantId, { kind: 'callState', state: 'Connected' });
    tellApplication(live, application.connectionId, { kind: 'connected' });
  }
}

function tellArrival(live: LiveCall, party: Party): void {
  const { asking, ...invitation } = party.invitation ?? {};
  if (asking === undefined || !hasArrived(live.model, party.identifier)) return;
  live.model.parties.set(party.identifier, { ...party, invitation });
  const { connectionId, operation, movedFrom } = asking;
  const { identifier } = party;
  if (movedFrom === undefined) tellApplication(live, connectionId, { kind: 'participantAdded', operation, identifier });
  else {
    tellApplication(live, connectionId, { kind: 'participantMoved', operation, identifier, movedFrom });
    if (invitation.transfer !== undefined) live.effects.push({ kind: 'output', output: { kind: 'movedHere', from: invitation.transfer.callId, identifier } });
  }
}

/** An application leaves. Whom it has called or answered is not left alone: a call in which it has only one other ends. */
export function withdrawApplication(live: LiveCall, application: Application, own: EndReason, now: Instant): void {
  const { model } = live;
  dismissApplication(live, application, own, now);
  const isAlone = model.applications.size === 0 && members(model).length < 2;
  const cancelled = endReason('cancelled', own.endedBy);
  if (application.origin !== 'attached' && isAlone) endCall(live, own, now, (seat) => (takesPart(seat) ? own : cancelled));
  else endWhenEmpty(live, own, now);
}

/** Its part is over, and the call goes on. */
export function dismissApplication(live: LiveCall, application: Application, own: EndReason, now: Instant): void {
  cancelMedia(live, application, now);
  releaseHeld(live, application);
  endApplication(live, application, own, now);
  live.model.applications.delete(application.connectionId);
}

/** Everybody who is connected, as applications are shown them. */
export function applicationRoster(model: CallModel): ApplicationParticipant[] {
  return [...model.parties.values()].flatMap((party) => {
    const connected = seatsOf(party).filter(({ stage }) => stage.kind === 'connected');
    if (connected.length === 0) return [];
    return [{ identifier: party.identifier, isMuted: connected.every(({ mute }) => mute.kind === 'muted'), isOnHold: connected.every(({ isHolding, hold, line }) => isHolding || hold !== undefined || line?.isHeld === true) }];
  });
}
