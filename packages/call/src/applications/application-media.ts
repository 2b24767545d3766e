import type { ApplicationOperation, PlayRequest, RecognitionRequest } from '@dialplane/applications-api';
import type { SoundFile } from '@dialplane/media-api';

/** Why a sound is not heard: its file does not come, is nothing that is played, cannot be read any more, or the media process is gone. */
export interface SoundFailure {
  readonly reason: 'unreachable' | 'unplayable' | 'unreadable' | 'mediaLost';
  /** Of the sounds of the operation, from 0. */
  readonly sourceIndex: number;
  readonly sentence: string;
}

/** The sounds of an operation, which are fetched while it waits for its turn. */
export type OperationSounds =
  | { readonly kind: 'fetching' }
  | { readonly kind: 'ready'; readonly sounds: readonly SoundFile[] }
  | { readonly kind: 'failed'; readonly failure: SoundFailure };

/** One thing after the other is played or asked on a connection. */
export type MediaOperation = (PlayRequest | RecognitionRequest) & { readonly operation: ApplicationOperation; readonly sounds: OperationSounds };

/**
 * ```
 *  play       waiting ▶ playing
 *  recognize  waiting ▶ playing (the prompt) ▶ collecting
 * ```
 * The one that waits longest begins as soon as nothing else runs and its sounds are there.
 */
export type RunningOperation =
  | { readonly kind: 'playing'; readonly request: MediaOperation; readonly playId: string }
  | { readonly kind: 'collecting'; readonly request: MediaOperation & RecognitionRequest; readonly tones: string };

/** A participant whose keys are told one by one. */
export interface ToneListening {
  readonly target: string;
  readonly operation: ApplicationOperation;
  readonly heard: number;
}

/** Keys that an application presses for a telephone, or for all of them. */
export interface PressedKeys {
  readonly operation: ApplicationOperation;
  readonly target: string | undefined;
  /** How many. */
  readonly keys: number;
}

/** What an application plays and hears on its connection. */
export interface ApplicationMedia {
  readonly waiting: readonly MediaOperation[];
  readonly running: RunningOperation | undefined;
  readonly listening: readonly ToneListening[];
  /** Keys that it presses, one operation after the other; none where it is absent. */
  readonly pressing?: readonly PressedKeys[];
}

export const noMedia: ApplicationMedia = { waiting: [], running: undefined, listening: [] };

/** What came of an operation. Each is told of its end exactly once, unless the call ends first. */
export type MediaOperationEvent = { readonly operation: ApplicationOperation } & (
  | { readonly kind: 'playStarted' | 'playCompleted' | 'playCancelled' | 'recognitionCancelled' | 'tonesSent' }
  /** Whom they were for has left. */
  | { readonly kind: 'tonesNotSent' }
  | { readonly kind: 'playFailed' | 'recognitionPromptFailed' | 'holdFailed'; readonly failure: SoundFailure }
  /** Without the key that ended it. */
  | { readonly kind: 'tonesRecognized'; readonly endedBy: 'mostTones' | 'stopTone'; readonly tones: string }
  | { readonly kind: 'choiceRecognized'; readonly label: string }
  | { readonly kind: 'recognitionFailed'; readonly why: 'initialSilence' | 'interToneSilence' | 'incorrectTone' }
  | { readonly kind: 'toneHeard'; readonly target: string; /** From 1. */ readonly sequenceId: number; readonly tone: string }
  | { readonly kind: 'toneListeningStopped' }
);
