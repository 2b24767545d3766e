import type { ConnectionOutcome } from './call-connections.ts';
import type { ApplicationOperation } from './connection-command.ts';

/** Where a sound of an application is. */
export interface SoundSource {
  /** `http` or `https`. */
  readonly url: string;
  /** A name by which it is known once it has been fetched. */
  readonly cacheId?: string;
}

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

/** Something is played, or somebody is asked; one such operation after the other. */
export interface MediaRequest {
  readonly request: PlayRequest | RecognitionRequest;
  /** One after the other; of a prompt for a recognition that has one. */
  readonly sources: readonly SoundSource[];
  /** What the application wanted before is given up. */
  readonly interrupts: boolean;
  readonly operation: ApplicationOperation;
}

/** Somebody is to wait, or not any more. */
export interface HoldRequest {
  readonly target: string;
  readonly isHeld: boolean;
  /** What is heard meanwhile; the music of this server without it. */
  readonly source?: SoundSource;
  readonly operation: ApplicationOperation;
}

/** What applications play in their calls, and have waited for. */
export interface CallMediaControl {
  /** @returns As soon as the call has taken the request; its sounds are fetched while it waits for its turn. */
  request(resourceId: string, connectionId: string, wanted: MediaRequest): Promise<ConnectionOutcome<undefined>>;
  hold(resourceId: string, connectionId: string, wanted: HoldRequest): Promise<ConnectionOutcome<undefined>>;
}
