import type { ConnectionOperation, ConnectionOutcome } from './call-connection-source.ts';

/** Where a sound is. */
export interface SoundSource {
  readonly url: string;
  readonly cacheId?: string;
}

/** Sounds for some participants, by raw identifier, or for all. */
export interface PlayRequest {
  readonly kind: 'play';
  readonly to: 'all' | readonly string[];
  readonly isLooped: boolean;
}

/** One participant is to press keys, `0-9*#A-D`. */
export interface RecognitionRequest {
  readonly kind: 'recognize';
  readonly target: string;
  readonly hasPrompt: boolean;
  readonly isPromptInterruptible: boolean;
  readonly initialSilenceMs: number;
  readonly interToneMs: number;
  readonly expected:
    | { readonly kind: 'keys'; readonly mostTones?: number; readonly stopTones: string }
    | { readonly kind: 'choice'; readonly choices: readonly { readonly label: string; readonly tone: string }[] };
}

/** What applications play in their calls, and have waited for. What comes of it is told by events. */
export interface CallMediaSource {
  request(
    resourceId: string,
    connectionId: string,
    wanted: { readonly request: PlayRequest | RecognitionRequest; readonly sources: readonly SoundSource[]; readonly interrupts: boolean; readonly operation: ConnectionOperation },
  ): Promise<ConnectionOutcome<undefined>>;
  hold(
    resourceId: string,
    connectionId: string,
    wanted: { readonly target: string; readonly isHeld: boolean; readonly source?: SoundSource; readonly operation: ConnectionOperation },
  ): Promise<ConnectionOutcome<undefined>>;
}
