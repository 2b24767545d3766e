import { identifierKind } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { conferenceOf, isCalling, replaceSeat, type Seat } from './call-model.ts';
import { connectLine, play } from './line-commands.ts';
import type { LiveCall } from './live-call.ts';
import { members } from './views.ts';

/** Somebody is being rung: who called them is told, a telephone with a 180, and hears a ringing tone where a telephone rings. */
export function ringBack(live: LiveCall, ringing: Seat): void {
  for (const { seat: caller } of members(live.model)) {
    if (caller.stage.kind !== 'dialing') continue;
    replaceSeat(live.model, { ...caller, stage: { kind: 'ringback' } });
    if (caller.line !== undefined) live.line({ kind: 'alert', lineId: caller.endpointId });
    else if (identifierKind(ringing.identifier) === 'phoneNumber') play(live, caller, 'ringback');
  }
}

/** The telephone network plays something before the answer: the caller hears that instead of a ringing tone of ours. */
export function hearEarlyMedia(live: LiveCall, sending: Seat): void {
  for (const { seat: caller } of members(live.model)) {
    if (caller.stage.kind !== 'dialing' && caller.stage.kind !== 'ringback') continue;
    if (caller.line !== undefined) {
      ringBack(live, sending);
      continue;
    }
    replaceSeat(live.model, { ...caller, stage: { kind: 'hearingEarlyMedia' } });
    if (caller.stage.kind === 'ringback') play(live, caller, 'none');
  }
}

/** The call is answered: a calling telephone is, too, and a client that calls is connected as soon as its own media is. */
export function connectCallers(live: LiveCall, now: Instant): void {
  for (const { seat: caller } of members(live.model)) {
    if (!isCalling(caller)) continue;
    if (caller.stage.kind === 'ringback' && caller.line === undefined) play(live, caller, 'none');
    const isWaiting = caller.leg !== undefined && caller.leg.state !== 'connected';
    if (isWaiting) {
      replaceSeat(live.model, { ...caller, stage: { kind: 'establishing', answeredAt: now } });
      live.arm(`setup|${caller.endpointId}`, live.limits.setupMs, now);
      continue;
    }
    const conferenceId = conferenceOf(live.model);
    const leg = caller.line === undefined || conferenceId === undefined ? caller.leg : connectLine(live, conferenceId, caller);
    replaceSeat(live.model, { ...caller, leg, stage: { kind: 'connected', connectedAt: now } });
    live.flow('controller', caller.participantId, { kind: 'callState', state: 'Connected' });
  }
}
