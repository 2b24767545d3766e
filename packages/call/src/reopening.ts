import { endReason, type EndReason } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { replaceSeat, type Seat } from './call-model.ts';
import { endCall } from './departure.ts';
import type { LiveCall } from './live-call.ts';
import { hideLeg, openLeg, showLeg } from './media-legs.ts';
import { showSpeakers } from './speakers.ts';
import { members } from './views.ts';

/**
 * The conference of a group call is lost: another one is opened at once, with a leg for every member. Each has a new media
 * session then, and nobody leaves. Where even that fails it is tried again after a second, then two; after the last of
 * {@link CallLimits.reopenings} within a minute the call ends with `reason`, and at once where no media processor is to be had.
 */
export function recoverConference(live: LiveCall, reason: EndReason, now: Instant): void {
  const { model, limits, options } = live;
  const { path } = model;
  model.losses = [...model.losses.filter((at) => at > now - limits.reopeningWindowMs), now];
  const tries = model.losses.length;
  const absence = options.mediaProcessorAbsence?.();
  if (absence !== undefined) endCall(live, endReason('mediaProcessorUnavailable', 'platform', absence), now);
  else if (tries > limits.reopenings) endCall(live, reason, now);
  else if (path.kind !== 'reopening') reopenConference(live, now);
  else {
    live.media({ kind: 'closeConference', conferenceId: path.conferenceId });
    model.path = { kind: 'suspended', conferenceId: path.conferenceId };
    live.deadlines.clear('conference');
    live.arm('reopening', (tries - 1) * 1000, now);
  }
}

/** The next try is due. */
export function reopenConference(live: LiveCall, now: Instant): void {
  const { model, limits } = live;
  const conferenceId = live.options.newId();
  model.path = { kind: 'reopening', conferenceId };
  live.decide('the conference is opened again', `it was lost: attempt ${model.losses.length} of ${limits.reopenings} within a minute`);
  live.openConference(conferenceId, now);
  if (model.spotlight.length > 0) live.media({ kind: 'setSpotlight', conferenceId, identifiers: model.spotlight });
  model.layout = [];
  showSpeakers(live, { speaking: [], dominant: [] }, now);
  for (const { seat } of members(model)) replaceLeg(live, conferenceId, seat, now);
}

/** A connected member has the reconnect window to connect again, who was still connecting all of the time for that. */
function replaceLeg(live: LiveCall, conferenceId: string, seat: Seat, now: Instant): void {
  const { leg: before, endpointId } = seat;
  const leg = openLeg(live, conferenceId, seat, undefined);
  replaceSeat(live.model, { ...seat, leg });
  showLeg(live, endpointId, leg.mediaSessionId);
  if (before !== undefined) hideLeg(live, endpointId, before);
  if (seat.stage.kind === 'establishing') live.arm(`setup|${endpointId}`, live.limits.setupMs, now);
  else live.arm(`interruption|${leg.mediaSessionId}`, live.limits.reconnectMs, now);
}
