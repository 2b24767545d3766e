import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { conferenceOf, isCalling, replaceSeat, type Seat } from '../call-model.ts';
import { endCall } from '../membership/departure.ts';
import { withdrawRingingLines } from '../membership/dialing.ts';
import { ringOn } from '../membership/ringback.ts';
import { connectLine } from '../telephones/line-commands.ts';
import type { LiveCall } from '../live-call.ts';
import { hideLeg, openLeg, restrictLeg, showLeg } from './media-legs.ts';
import { losePlays } from '../applications/media-operations.ts';
import { settleHold } from '../applications/participant-hold.ts';
import { showSpeakers } from './speakers.ts';
import { members } from '../views.ts';

/**
 * The conference of a group call is lost: another one is opened at once, with a leg for every member. Each has a new media
 * session then, and nobody leaves. Where even that fails, or no media processor is there, it is tried again after a second, then
 * two; after the last of {@link CallLimits.reopenings} within a minute the call ends with `reason`, or with what is absent.
 */
export function recoverConference(live: LiveCall, reason: EndReason, now: Instant): void {
  const { model, limits, options } = live;
  const absence = options.mediaProcessorAbsence?.();
  withdrawRingingLines(live);
  losePlays(live, now);
  model.losses = [...model.losses.filter((at) => at > now - limits.reopeningWindowMs), now];
  if (model.losses.length > limits.reopenings) endCall(live, absence === undefined ? reason : endReason('mediaProcessorUnavailable', 'platform', absence), now);
  else if (absence === undefined && model.path.kind !== 'reopening') reopenConference(live, now);
  else suspend(live, now);
}

/** The next try is due. */
export function handleReopeningDue(live: LiveCall, now: Instant): void {
  const absence = live.options.mediaProcessorAbsence?.();
  if (absence === undefined) reopenConference(live, now);
  else recoverConference(live, endReason('mediaProcessorUnavailable', 'platform', absence), now);
}

function suspend(live: LiveCall, now: Instant): void {
  const conferenceId = conferenceOf(live.model);
  if (conferenceId === undefined) return;
  live.media({ kind: 'closeConference', conferenceId });
  live.model.path = { kind: 'suspended', conferenceId };
  live.deadlines.clear('conference');
  live.arm('reopening', Math.max(1, live.model.losses.length - 1) * 1000, now);
}

function reopenConference(live: LiveCall, now: Instant): void {
  const { model, limits } = live;
  const conferenceId = live.options.newId();
  model.path = { kind: 'reopening', conferenceId };
  live.decide('the conference is opened again', `it was lost: attempt ${model.losses.length} of ${limits.reopenings} within a minute`);
  live.openConference(conferenceId, now);
  if (model.spotlight.length > 0) live.media({ kind: 'setSpotlight', conferenceId, identifiers: model.spotlight });
  model.layout = [];
  showSpeakers(live, { speaking: [], dominant: [] }, now);
  for (const { seat } of members(model)) {
    if (seat.line === undefined) replaceLeg(live, conferenceId, seat, now);
    else replaceSeat(model, { ...seat, leg: isCalling(seat) ? undefined : connectLine(live, conferenceId, seat) });
  }
  ringOn(live);
}

/**
 * Gives a member another media session in place of one that is gone. A connected member has the reconnect window, or what is left
 * of it, to connect again; who was still connecting has all of the time for that.
 */
export function replaceLeg(live: LiveCall, conferenceId: string, seat: Seat, now: Instant): void {
  const { leg: before, endpointId } = seat;
  const leg = openLeg(live, conferenceId, seat, undefined);
  const due = before === undefined ? undefined : live.deadlines.get(`interruption|${before.mediaSessionId}`);
  replaceSeat(live.model, { ...seat, leg });
  restrictLeg(live, endpointId, 'restricted');
  settleHold(live, { ...seat, leg }, 'new');
  showLeg(live, endpointId, leg.mediaSessionId);
  if (before !== undefined) hideLeg(live, endpointId, before);
  if (seat.stage.kind === 'establishing') live.arm(`setup|${endpointId}`, live.limits.setupMs, now);
  else if (due !== undefined) live.deadlines.set(`interruption|${leg.mediaSessionId}`, due);
  else live.arm(`interruption|${leg.mediaSessionId}`, live.limits.reconnectMs, now);
}
