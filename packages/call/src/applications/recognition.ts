import type { ApplicationOperation, RecognitionRequest } from '@dialplane/applications-api';
import type { Instant } from '@dialplane/sansio';
import type { MediaOperation, MediaOperationEvent } from './application-media.ts';
import type { Application } from './application-model.ts';
import { tellApplication } from './application-events.ts';
import type { LiveCall } from '../live-call.ts';
import { change, collect, finish, mediaOf, stopPlaying } from './media-operations.ts';
import { isMember } from '../membership/moderation.ts';
import { done, refused, type Verdict } from '../verdict.ts';

/** Somebody has pressed a key: applications that listen to them hear it, and those that have asked take it. */
export function hearTone(live: LiveCall, identifier: string, tone: string, now: Instant): void {
  for (const { connectionId, stage } of live.model.applications.values()) {
    if (stage.kind !== 'connected') continue;
    tellListener(live, connectionId, identifier, tone);
    takeTone(live, connectionId, identifier, tone, now);
  }
}

/** Nobody has pressed another key in time. */
export function handleRecognitionTimeout(live: LiveCall, connectionId: string, now: Instant): void {
  const { running } = mediaOf(live, connectionId);
  if (running?.kind === 'collecting') conclude(live, connectionId, running.request, { kind: 'recognitionFailed', why: running.tones === '' ? 'initialSilence' : 'interToneSilence' }, now);
}

/** From now on each key of a participant is told; the same again changes nothing. */
export function listenToTones(live: LiveCall, { connectionId }: Application, target: string, operation: ApplicationOperation): Verdict {
  if (!isMember(live.model, target)) return refused('PARTICIPANT_NOT_FOUND');
  const { listening } = mediaOf(live, connectionId);
  if (!listening.some((one) => one.target === target)) change(live, connectionId, { listening: [...listening, { target, operation, heard: 0 }] });
  return done;
}

export function stopListeningToTones(live: LiveCall, { connectionId }: Application, target: string, operation: ApplicationOperation): Verdict {
  const { listening } = mediaOf(live, connectionId);
  const stopped = listening.find((one) => one.target === target);
  if (stopped === undefined) return done;
  change(live, connectionId, { listening: listening.filter((one) => one !== stopped) });
  tellApplication(live, connectionId, { kind: 'toneListeningStopped', operation: operation.operationContext === undefined ? stopped.operation : operation });
  return done;
}

function tellListener(live: LiveCall, connectionId: string, identifier: string, tone: string): void {
  const { listening } = mediaOf(live, connectionId);
  const listener = listening.find(({ target }) => target === identifier);
  if (listener === undefined) return;
  const heard = listener.heard + 1;
  change(live, connectionId, { listening: listening.with(listening.indexOf(listener), { ...listener, heard }) });
  tellApplication(live, connectionId, { kind: 'toneHeard', operation: listener.operation, target: identifier, sequenceId: heard, tone });
}

function takeTone(live: LiveCall, connectionId: string, identifier: string, tone: string, now: Instant): void {
  const { running } = mediaOf(live, connectionId);
  if (running?.request.kind !== 'recognize' || running.request.target !== identifier) return;
  if (running.kind === 'collecting') return weigh(live, connectionId, running.request, running.tones, tone, now);
  if (!running.request.isPromptInterruptible) return;
  stopPlaying(live, running);
  weigh(live, connectionId, running.request as MediaOperation & RecognitionRequest, '', tone, now);
}

/** @param before the keys that were pressed before this one. */
function weigh(live: LiveCall, connectionId: string, request: MediaOperation & RecognitionRequest, before: string, tone: string, now: Instant): void {
  const { expected } = request;
  if (expected.kind === 'choice') {
    const chosen = expected.choices.find((choice) => choice.tone === tone);
    return conclude(live, connectionId, request, chosen === undefined ? { kind: 'recognitionFailed', why: 'incorrectTone' } : { kind: 'choiceRecognized', label: chosen.label }, now);
  }
  if (expected.stopTones.includes(tone)) return conclude(live, connectionId, request, { kind: 'tonesRecognized', endedBy: 'stopTone', tones: before }, now);
  const tones = before + tone;
  if (expected.mostTones !== undefined && tones.length >= expected.mostTones) return conclude(live, connectionId, request, { kind: 'tonesRecognized', endedBy: 'mostTones', tones }, now);
  collect(live, connectionId, request, tones, now);
}

type Conclusion<Event> = Event extends { readonly operation: ApplicationOperation } ? Omit<Event, 'operation'> : never;

function conclude(live: LiveCall, connectionId: string, { operation }: MediaOperation, conclusion: Conclusion<MediaOperationEvent>, now: Instant): void {
  finish(live, connectionId, now, () => tellApplication(live, connectionId, { ...conclusion, operation }));
}
