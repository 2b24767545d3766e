import { identifierKind } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { conferenceOf, isCalling, replaceSeat, type Seat } from '../call-model.ts';
import { alertLine, connectLine, play } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { members } from '../views.ts';

/** Somebody is being rung: who called them is told, and hears a ringing tone where a telephone rings, or calls; that telephone's own network may make it. */
export function ringBack(live: LiveCall, ringing: Seat): void {
  for (const { seat: caller } of members(live.model)) {
    if (caller.stage.kind !== 'dialing') continue;
    const leg = caller.line === undefined ? caller.leg : alertLine(live, caller);
    replaceSeat(live.model, { ...caller, leg, stage: { kind: 'ringback' } });
    if (caller.line === undefined && identifierKind(ringing.identifier) === 'phoneNumber') play(live, caller, 'ringback');
  }
}

/** The conference is another one: who heard that it rings hears it there, also in place of what a network played whose line is gone with the conference before. */
export function ringOn(live: LiveCall): void {
  const isTelephoneCalled = [...live.model.parties.values()].some(({ identifier, stage }) => stage.kind !== 'present' && identifierKind(identifier) === 'phoneNumber');
  for (const { seat: caller } of members(live.model)) {
    if (caller.stage.kind !== 'ringback' && caller.stage.kind !== 'hearingEarlyMedia') continue;
    const leg = caller.line === undefined ? caller.leg : alertLine(live, caller);
    replaceSeat(live.model, { ...caller, leg, stage: { kind: 'ringback' } });
    if (caller.line === undefined && isTelephoneCalled) play(live, caller, 'ringback');
  }
}

/** The telephone network plays something before the answer: the caller hears that instead of a ringing tone of ours. */
export function hearEarlyMedia(live: LiveCall): void {
  for (const { seat: caller } of members(live.model)) {
    if (caller.stage.kind !== 'dialing' && caller.stage.kind !== 'ringback') continue;
    const leg = caller.line !== undefined && caller.stage.kind === 'dialing' ? alertLine(live, caller) : caller.leg;
    replaceSeat(live.model, { ...caller, leg, stage: { kind: 'hearingEarlyMedia' } });
    if (caller.stage.kind === 'ringback') play(live, caller, 'none');
  }
}

/** The call is answered: a calling telephone is, too, and a client that calls is connected as soon as its own media is. */
export function connectCallers(live: LiveCall, now: Instant): void {
  for (const { seat: caller } of members(live.model)) {
    if (!isCalling(caller)) continue;
    const isWaiting = caller.line === undefined && caller.leg !== undefined && caller.leg.state !== 'connected';
    if (isWaiting) {
      replaceSeat(live.model, { ...caller, stage: { kind: 'establishing', answeredAt: now } });
      live.arm(`setup|${caller.endpointId}`, live.limits.setupMs, now);
    } else {
      const conferenceId = conferenceOf(live.model);
      const leg = caller.line === undefined || conferenceId === undefined ? caller.leg : connectLine(live, conferenceId, caller, caller.leg);
      replaceSeat(live.model, { ...caller, leg, stage: { kind: 'connected', connectedAt: now } });
      live.flow('controller', caller.participantId, { kind: 'callState', state: 'Connected' });
    }
    if (caller.stage.kind === 'ringback') play(live, caller, 'none');
  }
}
