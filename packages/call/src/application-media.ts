import type { SoundFile } from '@dialplane/media-api';
import type { ApplicationOperation } from './application-model.ts';

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

/** Sounds for some participants, by raw identifier, or for all. */
export interface PlayRequest {
  readonly kind: 'play';
  readonly to: 'all' | readonly string[];
  readonly isLooped: boolean;
}

/** One participant is to press keys, after a prompt where there is one. */
export interface RecognitionRequest {
  readonly kind: 'recognize';
  readonly target: string;
  readonly hasPrompt: boolean;
  /** A key ends the prompt, and counts; otherwise keys that are pressed during it do not. */
  readonly isPromptInterruptible: boolean;
  /** From the end of the prompt until the first key, and from each key to the next. */
  readonly initialSilenceMs: number;
  readonly interToneMs: number;
  /** What is to be pressed: up to so many keys, until one of those that end it; or one key that stands for a choice. */
  readonly expected: { readonly kind: 'keys'; readonly mostTones?: number; readonly stopTones: string } | { readonly kind: 'choice'; readonly choices: readonly KeyChoice[] };
}

/** `tone` is a key, `0-9*#A-D`. */
export interface KeyChoice {
  readonly label: string;
  readonly tone: string;
}

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

/** What an application plays and hears on its connection. */
export interface ApplicationMedia {
  readonly waiting: readonly MediaOperation[];
  readonly running: RunningOperation | undefined;
  readonly listening: readonly ToneListening[];
}

export const noMedia: ApplicationMedia = { waiting: [], running: undefined, listening: [] };

/** What came of an operation. Each is told of its end exactly once, unless the call ends first. */
export type MediaOperationEvent = { readonly operation: ApplicationOperation } & (
  | { readonly kind: 'playStarted' | 'playCompleted' | 'playCancelled' | 'recognitionCancelled' | 'tonesSent' }
  | { readonly kind: 'playFailed' | 'recognitionPromptFailed' | 'holdFailed'; readonly failure: SoundFailure }
  /** Without the key that ended it. */
  | { readonly kind: 'tonesRecognized'; readonly endedBy: 'mostTones' | 'stopTone'; readonly tones: string }
  | { readonly kind: 'choiceRecognized'; readonly label: string }
  | { readonly kind: 'recognitionFailed'; readonly why: 'initialSilence' | 'interToneSilence' | 'incorrectTone' }
  | { readonly kind: 'toneHeard'; readonly target: string; /** From 1. */ readonly sequenceId: number; readonly tone: string }
  | { readonly kind: 'toneListeningStopped' }
);
