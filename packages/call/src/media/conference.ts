import { endReason, type EndReasonName } from '@dialplane/calling-api';
import type { MediaEvent, MediaFailure } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import { allSeats, conferenceOf, replaceSeat, type Seat } from '../call-model.ts';
import { endCall } from '../membership/departure.ts';
import { invite } from '../membership/dialing.ts';
import { showTone } from '../telephones/dtmf.ts';
import { noMediaPath } from './ice-configuration.ts';
import { settleLineLeg } from '../telephones/line-commands.ts';
import { connectAnswered } from '../telephones/incoming-line.ts';
import type { LiveCall } from '../live-call.ts';
import { showLeg } from './media-legs.ts';
import { codecWanted, layoutChanged, modesChanged } from './media-modes.ts';
import { followPlay } from '../applications/media-operations.ts';
import { sessionConnected, sessionFailed, sessionInterrupted } from './media-progress.ts';
import { abandonPromotion, bridge } from './promotion.ts';
import { recoverConference, replaceLeg } from './reopening.ts';
import { summaryOf } from './signaled-side.ts';
import { showSpeakers } from './speakers.ts';
import { watchedChanged } from './watched-pictures.ts';

/** What the media processor tells; about a conference or leg that is not (or no longer) this call's it is ignored. */
export function handleMediaEvent(live: LiveCall, event: MediaEvent, now: Instant): void {
  if (event.conferenceId !== conferenceOf(live.model)) return;
  switch (event.kind) {
    case 'conferenceOpened':
      opened(live, event.conferenceId, event.process, now);
      return;
    case 'conferenceFailed':
      handleConferenceFailure(live, event, now);
      return;
    case 'commandFailed':
      commandFailed(live, event, now);
      return;
    case 'legDescribed':
      legDescribed(live, event, now);
      return;
    case 'legStateChanged':
      legStateChanged(live, event, now);
      return;
    case 'modesChanged':
      modesChanged(live, event);
      return;
    case 'codecWanted':
      codecWanted(live, event);
      return;
    case 'layoutChanged':
      layoutChanged(live, event);
      return;
    case 'speakersChanged':
      showSpeakers(live, event, now);
      return;
    case 'watchedChanged':
      watchedChanged(live, event);
      return;
    case 'mediaStalled':
      live.flow('mediaProcessor', laneOfLeg(live, event.legId), { kind: 'mediaState', mediaSessionId: event.legId, state: `${event.direction} stalled`, cause: event.cause });
      return;
    case 'mediaResumed':
      live.flow('mediaProcessor', laneOfLeg(live, event.legId), { kind: 'mediaState', mediaSessionId: event.legId, state: `${event.direction} goes on` });
      return;
    case 'dtmfReceived':
      toneReceived(live, event, now);
      return;
    case 'playStarted':
    case 'playEnded':
    case 'playFailed':
      followPlay(live, event, now);
      return;
    // How well packets flow passes by the call: it changes nobody's membership or state.
    case 'legReport':
      return;
  }
}

/** Nobody answered `openConference`. */
export function handleConferenceTimeout(live: LiveCall, now: Instant): void {
  handleConferenceFailure(live, { reason: 'MEDIA_PROCESSOR_UNAVAILABLE' }, now);
}

function opened(live: LiveCall, conferenceId: string, process: string, now: Instant): void {
  const { model } = live;
  if (model.path.kind !== 'opening' && model.path.kind !== 'openingPromotion' && model.path.kind !== 'reopening') return;
  live.deadlines.clear('conference');
  model.toldModes = model.modes;
  live.flow('mediaProcessor', 'controller', { kind: 'decision', what: 'conference opened', why: `served by ${process}` });
  if (model.path.kind === 'openingPromotion') bridge(live, conferenceId, now);
  else model.path = { kind: 'conference', conferenceId };
  for (const party of model.parties.values()) if (party.stage.kind === 'awaitingConference') invite(live, party, now);
}

/**
 * A 1:1 call that is being promoted goes on as it was. A group call whose conference was there gets another one; without it
 * there never was a call.
 */
function handleConferenceFailure(live: LiveCall, { reason: failure, sentence }: Pick<Extract<MediaEvent, { kind: 'conferenceFailed' }>, 'reason' | 'sentence'>, now: Instant): void {
  const { path } = live.model;
  if (path.kind === 'suspended') return;
  const known = failure === 'MEDIA_PROCESSOR_UNAVAILABLE' ? undefined : `The media processor failed this call (${failure}).`;
  const reason = endReason('mediaProcessorUnavailable', 'platform', sentence ?? known);
  live.flow('mediaProcessor', 'controller', { kind: 'decision', what: 'conference failed', why: sentence ?? failure });
  if (path.kind === 'openingPromotion' || path.kind === 'bridging') abandonPromotion(live, reason, now);
  else if (path.kind === 'opening' && failure !== 'MEDIA_PROCESS_LOST') endCall(live, reason, now);
  else recoverConference(live, reason, now);
}

function commandFailed(live: LiveCall, event: Extract<MediaEvent, { kind: 'commandFailed' }>, now: Instant): void {
  // What was to be closed, and is gone: nobody waits for it.
  if (live.model.path.kind === 'suspended' || event.command === 'closeLeg' || event.command === 'closeConference') return;
  const why = event.sentence === undefined ? event.reason : `${event.reason}: ${event.sentence}`;
  live.flow('mediaProcessor', 'controller', { kind: 'decision', what: `${event.command} failed`, why });
  // The news that the conference is lost may be on its way still.
  if (event.reason === 'CONFERENCE_NOT_FOUND' || event.reason === 'MEDIA_PROCESS_LOST') handleConferenceFailure(live, { reason: 'MEDIA_PROCESS_LOST' }, now);
  else if (event.command === 'openConference') handleConferenceFailure(live, event, now);
  else if (event.legId !== undefined && seatOfLeg(live, event.legId)?.line === undefined && (event.command === 'openLeg' || event.command === 'describe')) {
    // An offer that changes nothing costs nobody the call: media goes on as it was agreed before.
    const isRefusedChange = isRefusedOffer(event.reason) && seatOfLeg(live, event.legId)?.leg?.hasConnected === true;
    if (!isRefusedChange) failLeg(live, event.legId, event, now);
  }
}

function isRefusedOffer(reason: MediaFailure): boolean {
  return reason === 'DESCRIPTION_INVALID' || reason === 'NO_COMMON_CODEC';
}

function legDescribed(live: LiveCall, { legId, description }: Extract<MediaEvent, { kind: 'legDescribed' }>, now: Instant): void {
  const seat = seatOfLeg(live, legId);
  if (seat?.leg === undefined) return;
  if (seat.line !== undefined) {
    // Telephony hears it too, and it is telephony's to pass on.
    settleLineLeg(live, seat);
    connectAnswered(live, seat, now);
    return;
  }
  replaceSeat(live.model, { ...seat, leg: { ...seat.leg, processor: description } });
  live.tell(seat.endpointId, () => ({ type: 'mediaDescription', mediaSessionId: legId, description }));
  const { type, revision } = description;
  live.flow('mediaProcessor', seat.participantId, { kind: 'description', mediaSessionId: legId, type, revision, summary: summaryOf(description) });
}

function legStateChanged(live: LiveCall, { legId, state, reason }: Extract<MediaEvent, { kind: 'legStateChanged' }>, now: Instant): void {
  const seat = seatOfLeg(live, legId);
  if (seat?.leg === undefined) return;
  live.flow('mediaProcessor', seat.participantId, { kind: 'mediaState', mediaSessionId: legId, state, ...(reason === undefined ? {} : { cause: reason }) });
  if (state === 'closed') {
    // The leg of a telephone is telephony's: what it means for the line comes from there.
    if (seat.line === undefined) failLeg(live, legId, { reason: reason ?? 'CONSENT_EXPIRED' }, now);
    return;
  }
  if (state === seat.leg.state || state === 'negotiating') return;
  if (state === 'connected') sessionConnected(live, legId, now);
  else sessionInterrupted(live, legId, now);
  if (seat.line === undefined) showLeg(live, seat.endpointId, legId);
}

function toneReceived(live: LiveCall, { legId, tone }: Extract<MediaEvent, { kind: 'dtmfReceived' }>, now: Instant): void {
  const seat = seatOfLeg(live, legId);
  if (seat !== undefined) showTone(live, seat, tone, now);
}

/** A member that was connected gets another leg and the time to connect it; whoever never reached the media processor leaves. */
function failLeg(live: LiveCall, legId: string, failure: { readonly reason: MediaFailure; readonly sentence?: string }, now: Instant): void {
  const seat = seatOfLeg(live, legId);
  if (seat?.leg === undefined) return;
  const [name, message] = reasonsOfLegFailures[failure.reason];
  const isGone = name === 'mediaLost' || failure.reason === 'MEDIA_PROCESS_LOST' || failure.reason === 'LEG_NOT_FOUND';
  if (isGone && seat.leg.hasConnected && live.model.path.kind === 'conference') {
    replaceLeg(live, live.model.path.conferenceId, seat, now);
    return;
  }
  const neverConnected = name === 'mediaLost' && !seat.leg.hasConnected;
  sessionFailed(live, legId, neverConnected ? noMediaPath(live, seat, 'platform') : endReason(name, 'platform', failure.sentence ?? message), now);
}

/** How a leg's failure reads as the end of a participation. */
const reasonsOfLegFailures: Record<MediaFailure, readonly [EndReasonName, string | undefined]> = {
  MEDIA_PROCESSOR_UNAVAILABLE: ['mediaProcessorUnavailable', undefined],
  CONFERENCE_NOT_FOUND: ['mediaProcessorUnavailable', 'The media processor no longer knows this call.'],
  LEG_NOT_FOUND: ['mediaProcessorUnavailable', 'The media processor no longer knows this connection.'],
  DESCRIPTION_INVALID: ['signalingFailed', 'The media processor could not read the session description of this client.'],
  NO_COMMON_CODEC: ['signalingFailed', 'This client and the media processor have no codec in common.'],
  PORTS_EXHAUSTED: ['mediaProcessorUnavailable', 'The media processor has no ports left for another connection.'],
  CONSENT_EXPIRED: ['mediaLost', undefined],
  HANDSHAKE_FAILED: ['mediaLost', 'The encryption of media could not be agreed on with this client.'],
  FINGERPRINT_MISMATCH: ['mediaLost', 'Somebody else than the announced client answered on its media path.'],
  CLOSED_BY_PEER: ['mediaLost', 'The client closed its media connection.'],
  MEDIA_PROCESS_LOST: ['mediaProcessorUnavailable', 'The process that carried this media was lost.'],
};

function seatOfLeg(live: LiveCall, legId: string): Seat | undefined {
  return allSeats(live.model).find(({ seat }) => seat.leg?.mediaSessionId === legId)?.seat;
}

/** Participant id of the endpoint that a leg belongs to. */
export function laneOfLeg(live: LiveCall, legId: string): string | undefined {
  return seatOfLeg(live, legId)?.participantId;
}
