import type { ApplicationOperation, PlayRequest, RecognitionRequest } from '@dialplane/applications-api';
import type { MediaEvent } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import { type ApplicationMedia, type MediaOperation, noMedia, type OperationSounds, type RunningOperation, type SoundFailure } from './application-media.ts';
import type { Application } from './application-model.ts';
import { tellApplication } from './application-events.ts';
import { conferenceOf } from '../call-model.ts';
import type { LiveCall } from '../live-call.ts';
import { isMember } from '../membership/moderation.ts';
import { done, refused, type Verdict } from '../verdict.ts';
import { members } from '../views.ts';

/** Operations of one connection that wait. */
const mostWaiting = 32;

/** An application wants something played, or somebody asked. @param interrupts what it wanted before is given up for it. */
export function requestMedia(live: LiveCall, application: Application, request: PlayRequest | RecognitionRequest, { operation, interrupts }: { readonly operation: ApplicationOperation; readonly interrupts: boolean }, now: Instant): Verdict {
  const targets = request.kind === 'recognize' ? [request.target] : request.to === 'all' ? [] : request.to;
  if (!targets.every((target) => isMember(live.model, target))) return refused('PARTICIPANT_NOT_FOUND');
  if (interrupts) cancelMedia(live, application, now);
  const { connectionId } = application;
  const media = mediaOf(live, connectionId);
  if (media.waiting.length >= mostWaiting) return refused('CALL_STATE_CONFLICT', `${mostWaiting} operations of this connection wait already.`);
  const sounds: OperationSounds = request.kind === 'play' || request.hasPrompt ? { kind: 'fetching' } : { kind: 'ready', sounds: [] };
  change(live, connectionId, { waiting: [...media.waiting, { ...request, operation, sounds }] });
  advance(live, connectionId, now);
  return done;
}

/** The sounds of an operation are there, or do not come; one that was given up meanwhile needs none. */
export function provideSounds(live: LiveCall, { connectionId }: Application, operationId: string, sounds: OperationSounds, now: Instant): Verdict {
  const { waiting } = mediaOf(live, connectionId);
  const place = waiting.findIndex(({ operation }) => operation.operationId === operationId);
  const request = waiting[place];
  if (request === undefined) return done;
  change(live, connectionId, { waiting: waiting.with(place, { ...request, sounds }) });
  advance(live, connectionId, now);
  return done;
}

/** Gives up what is played and asked on a connection, and what waits to be. */
export function cancelMedia(live: LiveCall, { connectionId }: Application, now: Instant): Verdict {
  const { running, waiting } = mediaOf(live, connectionId);
  if (running?.kind === 'playing') stopPlaying(live, running);
  change(live, connectionId, { running: undefined, waiting: [] });
  live.deadlines.clear(`recognition|${connectionId}`);
  for (const { kind, operation } of [...(running === undefined ? [] : [running.request]), ...waiting]) {
    tellApplication(live, connectionId, { kind: kind === 'play' ? 'playCancelled' : 'recognitionCancelled', operation });
  }
  advance(live, connectionId, now);
  return done;
}

/** What is played tells of itself. */
export function followPlay(live: LiveCall, event: Extract<MediaEvent, { readonly kind: 'playStarted' | 'playEnded' | 'playFailed' }>, now: Instant): void {
  const connectionId = event.playId.slice(0, event.playId.indexOf('/'));
  const { running } = mediaOf(live, connectionId);
  if (running?.kind !== 'playing' || running.playId !== event.playId) return;
  const { request } = running;
  switch (event.kind) {
    case 'playStarted':
      if (request.kind === 'play') tellApplication(live, connectionId, { kind: 'playStarted', operation: request.operation });
      return;
    case 'playEnded':
      if (request.kind === 'recognize') return collect(live, connectionId, request, '', now);
      return finish(live, connectionId, now, () => tellApplication(live, connectionId, { kind: 'playCompleted', operation: request.operation }));
    case 'playFailed':
      return fail(live, connectionId, request, { reason: 'unreadable', sourceIndex: event.soundIndex, sentence: event.sentence }, now);
  }
}

/**
 * The conference is lost, and with it what was played, and what was fetched for it: whoever does that may be gone as well. Who is asked without a prompt, or after it, can go on
 * pressing keys in the next one.
 */
export function losePlays(live: LiveCall, now: Instant): void {
  for (const { connectionId } of live.model.applications.values()) {
    const { running, waiting } = mediaOf(live, connectionId);
    const failure: SoundFailure = { reason: 'mediaLost', sourceIndex: 0, sentence: 'The media process that played it, or would have, was lost.' };
    change(live, connectionId, { waiting: waiting.filter(({ sounds }) => sounds.kind !== 'fetching') });
    if (running?.kind === 'playing') fail(live, connectionId, running.request, failure, now);
    for (const request of waiting) if (request.sounds.kind === 'fetching') tellFailure(live, connectionId, request, failure);
    advance(live, connectionId, now);
  }
}

export function mediaOf(live: LiveCall, connectionId: string): ApplicationMedia {
  return live.model.applications.get(connectionId)?.media ?? noMedia;
}

export function change(live: LiveCall, connectionId: string, changed: Partial<ApplicationMedia>): void {
  const application = live.model.applications.get(connectionId);
  if (application !== undefined) live.model.applications.set(connectionId, { ...application, media: { ...(application.media ?? noMedia), ...changed } });
}

/** Somebody's keys count from now on. */
export function collect(live: LiveCall, connectionId: string, request: MediaOperation & RecognitionRequest, tones: string, now: Instant): void {
  change(live, connectionId, { running: { kind: 'collecting', request, tones } });
  live.arm(`recognition|${connectionId}`, tones === '' ? request.initialSilenceMs : request.interToneMs, now);
}

/** What runs is over; the next one begins. */
export function finish(live: LiveCall, connectionId: string, now: Instant, tell: () => void): void {
  change(live, connectionId, { running: undefined });
  live.deadlines.clear(`recognition|${connectionId}`);
  tell();
  advance(live, connectionId, now);
}

export function stopPlaying(live: LiveCall, { playId }: Extract<RunningOperation, { readonly kind: 'playing' }>): void {
  const conferenceId = conferenceOf(live.model);
  if (conferenceId !== undefined) live.media({ kind: 'stopPlay', conferenceId, playId });
}

/** Begins what waits longest, where nothing runs and it has its sounds. */
function advance(live: LiveCall, connectionId: string, now: Instant): void {
  const { running, waiting: [next, ...waiting] } = mediaOf(live, connectionId);
  if (running !== undefined || next === undefined || next.sounds.kind === 'fetching') return;
  change(live, connectionId, { waiting });
  const conferenceId = conferenceOf(live.model);
  if (next.sounds.kind === 'failed') return fail(live, connectionId, next, next.sounds.failure, now);
  if (conferenceId === undefined || live.model.path.kind === 'suspended') return fail(live, connectionId, next, { reason: 'mediaLost', sourceIndex: 0, sentence: 'There is no media process at the moment.' }, now);
  if (next.kind === 'recognize' && !next.hasPrompt) return collect(live, connectionId, next, '', now);
  const playId = `${connectionId}/${live.options.newId()}`;
  change(live, connectionId, { running: { kind: 'playing', request: next, playId } });
  const to = next.kind === 'recognize' ? legsOf(live, [next.target]) : next.to === 'all' ? next.to : legsOf(live, next.to);
  live.media({ kind: 'play', conferenceId, playId, to, sounds: next.sounds.sounds, isLooped: next.kind === 'play' && next.isLooped });
}

function fail(live: LiveCall, connectionId: string, request: MediaOperation, failure: SoundFailure, now: Instant): void {
  finish(live, connectionId, now, () => tellFailure(live, connectionId, request, failure));
}

function tellFailure(live: LiveCall, connectionId: string, { kind, operation }: MediaOperation, failure: SoundFailure): void {
  tellApplication(live, connectionId, { kind: kind === 'play' ? 'playFailed' : 'recognitionPromptFailed', operation, failure });
}

function legsOf(live: LiveCall, identifiers: readonly string[]): string[] {
  return members(live.model).flatMap(({ seat: { identifier, leg } }) => (leg !== undefined && identifiers.includes(identifier) ? [leg.mediaSessionId] : []));
}
