import type { ApplicationIdentity, CallDecision, RedirectTarget } from '@dialplane/applications-api';
import { endReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { admitApplication } from './applications.ts';
import type { CallCommand, CallObservation } from '../call-input.ts';
import type { CallModel, Party } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { moveUnanswered } from '../media/promotion.ts';
import { dismissParty, endWhenEmpty } from '../membership/departure.ts';
import { inviteWhenOpen } from '../membership/dialing.ts';
import { connectCallers } from '../membership/ringback.ts';
import { failInvitation, lookUp } from '../membership/ringing.ts';
import { done, refused, type Verdict } from '../verdict.ts';

/** Whether the call to somebody has not been answered yet, and may be decided about by an application that was told of it. */
export function isRung({ parties }: CallModel, identifier: string): boolean {
  const stage = parties.get(identifier)?.stage.kind;
  return stage !== undefined && stage !== 'present';
}

/** An application that was told of the call to a user says what becomes of it. Nobody else is in the call for that, and the user's own clients may answer first. */
export function decide(live: LiveCall, { identifier, decision }: Extract<CallCommand, { kind: 'decide' }>, now: Instant): Verdict {
  const party = live.model.parties.get(identifier);
  if (party === undefined || !isRung(live.model, identifier)) return refused('PARTICIPANT_NOT_FOUND', 'Nobody waits for an answer to this call any more.');
  switch (decision.kind) {
    case 'redirect':
      return redirect(live, party, decision.target, now);
    case 'reject':
      return reject(live, party, decision.reason, now);
    case 'answer':
      return answer(live, party, decision.application, now);
  }
}

/** No application could be told: whoever has no device that rings is not waited for. */
export function handleApplicationsUnreached(live: LiveCall, { identifier, sentence }: Extract<CallObservation, { kind: 'applicationsUnreached' }>, now: Instant): void {
  const party = live.model.parties.get(identifier);
  if (party?.isOffered === undefined) return;
  const { isOffered: _isOffered, ...alone } = party;
  live.model.parties.set(identifier, alone);
  live.decide(`no application decides about the call to ${identifier}`, sentence.slice(0, 512));
  if (alone.stage.kind === 'ringing' && alone.stage.seats.length === 0) failInvitation(live, alone, endReason('calleeNotRegistered', 'platform'), now);
}

/** As if they had declined, been busy, or were not to be called (ACS `CallRejectReason`). */
function reject(live: LiveCall, party: Party, reason: Extract<CallDecision, { kind: 'reject' }>['reason'], now: Instant): Verdict {
  const names = { none: 'declined', busy: 'busy', forbidden: 'forbidden' } as const;
  live.decide(`the call to ${party.identifier} is rejected`, `an application has decided so (${reason})`);
  failInvitation(live, party, endReason(names[reason], 'platform'), now, endReason('cancelled', 'platform', 'An application has rejected the call.'));
  return done;
}

/** The call goes to somebody else: whoever waits for the one waits for the other now. */
function redirect(live: LiveCall, party: Party, target: RedirectTarget, now: Instant): Verdict {
  const { model, options } = live;
  const identifier = target.kind === 'user' ? target.identifier : `4:${target.number}`;
  const redirections = (party.invitation?.redirections ?? 0) + 1;
  if (model.room !== undefined) return refused('CALL_STATE_CONFLICT', 'The call of a room is for who is invited to it: it is not sent on.');
  if (model.parties.has(identifier)) return refused('TARGET_INVALID', 'They are in this call, or called by it, already.');
  if (redirections > live.limits.redirections) return refused('CALL_STATE_CONFLICT', `A call is sent on ${live.limits.redirections} times at most.`);
  const absence = target.kind === 'number' ? options.telephoneAbsence?.() : undefined;
  if (absence !== undefined) return refused('TELEPHONY_UNAVAILABLE', absence);
  const isDirect = model.path.kind === 'peerToPeer';
  const needsBackend = target.kind === 'number' || options.hasPhones?.(identifier) === true;
  const missing = isDirect && target.kind === 'number' ? options.mediaProcessorAbsence?.() : undefined;
  if (missing !== undefined) return refused('MEDIA_PROCESSOR_UNAVAILABLE', missing);
  live.decide(`the call to ${party.identifier} is sent on to ${identifier}`, 'an application has decided so');
  const sentOn: Party = { identifier, ...(party.addedBy === undefined ? {} : { addedBy: party.addedBy }), invitation: { ...party.invitation, redirections }, stage: { kind: 'awaitingConference' } };
  release(live, party, now);
  model.parties.set(identifier, sentOn);
  if (model.transfer?.stage.kind === 'inviting' && model.transfer.target === party.identifier) model.transfer = { ...model.transfer, target: identifier };
  if (isDirect && needsBackend && options.mediaProcessorAbsence?.() === undefined) moveUnanswered(live, `the call goes on to ${identifier}`, now);
  if (model.path.kind === 'peerToPeer') lookUp(live, sentOn, now);
  else inviteWhenOpen(live, sentOn, now);
  return done;
}

/** The application becomes a party of the call in the user's place; who called is connected to the conference. */
function answer(live: LiveCall, party: Party, application: ApplicationIdentity, now: Instant): Verdict {
  const { model, limits, options } = live;
  if (model.applications.has(application.connectionId)) return refused('CALL_STATE_CONFLICT', 'This application is in the call already.');
  if (model.applications.size >= limits.applications) return refused('CALL_FULL', `A call has at most ${limits.applications} applications.`);
  const isDirect = model.path.kind === 'peerToPeer';
  const absence = isDirect ? options.mediaProcessorAbsence?.() : undefined;
  if (absence !== undefined) return refused('MEDIA_PROCESSOR_UNAVAILABLE', absence);
  live.decide(`an application answers for ${party.identifier}`, 'it was told of the call');
  release(live, party, now);
  if (isDirect) moveUnanswered(live, 'an application answers', now);
  admitApplication(live, application, 'answered', now);
  connectCallers(live, now);
  model.connectedAt ??= now;
  model.failures = [];
  // Whoever called may have left meanwhile: applications do not wait for nobody.
  endWhenEmpty(live, endReason('endedByPlatform', 'platform', 'Nobody but applications was left in the call.'), now);
  return done;
}

/** Nobody waits for this party any more, and nobody is told that they will not come. */
function release(live: LiveCall, party: Party, now: Instant): void {
  const { asking: _asking, ...invitation } = party.invitation ?? {};
  const elsewhere = endReason('answeredElsewhere', 'platform', 'An application has taken the call, or sent it on.');
  dismissParty(live, { ...party, invitation }, elsewhere, now);
}
