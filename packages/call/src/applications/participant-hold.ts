import type { ApplicationOperation } from '@dialplane/applications-api';
import type { SoundFile } from '@dialplane/media-api';
import type { SoundFailure } from './application-media.ts';
import type { Application } from './application-model.ts';
import { tellApplication } from './application-events.ts';
import { conferenceOf, replaceSeat, type Seat } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { members } from '../views.ts';

/** What an application says about somebody: held, with music of its own or that of the server; or not any more. */
export type HoldWish = { readonly isHeld: false } | { readonly isHeld: true; readonly music: SoundFile | SoundFailure | undefined };

/** Somebody waits: hears music instead of the others, and is not heard by them. Where the music cannot be had it is that of the server, and the application hears of it. */
export function holdParticipant(live: LiveCall, { connectionId }: Application, target: string, wish: HoldWish, operation: ApplicationOperation): Verdict {
  const held = members(live.model).filter(({ seat }) => seat.identifier === target && seat.stage.kind === 'connected');
  if (held.length === 0) return refused('PARTICIPANT_NOT_FOUND');
  const music = wish.isHeld ? wish.music : undefined;
  const file = music === undefined || 'sentence' in music ? {} : { music };
  for (const { seat: { hold: _before, ...seat } } of held) settleHold(live, wish.isHeld ? change(live, { ...seat, hold: { by: connectionId, ...file } }) : change(live, seat), 'changed');
  if (music !== undefined && 'sentence' in music) tellApplication(live, connectionId, { kind: 'holdFailed', operation, failure: music });
  return done;
}

/** An application leaves, and nobody waits for it any more. */
export function releaseHeld(live: LiveCall, { connectionId }: Application): void {
  for (const { seat: { hold, ...seat } } of members(live.model)) if (hold?.by === connectionId) settleHold(live, change(live, seat), 'changed');
}

/** Makes a leg what its seat is. @param leg one that is new is not held. */
export function settleHold(live: LiveCall, { leg, hold, isHolding, line }: Seat, state: 'new' | 'changed'): void {
  const conferenceId = conferenceOf(live.model);
  if (leg === undefined || conferenceId === undefined || (state === 'new' && hold === undefined)) return;
  const legId = leg.mediaSessionId;
  live.media({ kind: 'setHeld', conferenceId, legId, isHeld: hold !== undefined || (line === undefined && isHolding) });
  const isWaiting = hold !== undefined || line?.isHeld === true;
  live.media({ kind: 'setSound', conferenceId, legId, sound: isWaiting ? 'hold' : 'none', ...(hold?.music !== undefined && { music: hold.music }) });
}

function change(live: LiveCall, seat: Seat): Seat {
  replaceSeat(live.model, seat);
  return seat;
}
