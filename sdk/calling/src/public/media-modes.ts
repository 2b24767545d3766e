import type { CommunicationIdentifier } from '@azure/communication-common';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

/** One stream for all (the server mixes), or one for each (the server forwards). */
export type MediaMode = 'mixed' | 'forwarded';

/** Decided separately for what is heard and what is seen. */
export interface MediaModes {
  readonly audio: MediaMode;
  readonly video: MediaMode;
}

export interface MediaModesCallFeatureEvents {
  /** Of this client or anybody else. */
  mediaModesChanged: PropertyChangedEvent;
}

/** How the media of a group call reaches its participants. Not in ACS. */
export interface MediaModesCallFeature extends CallFeature, EventSubscriptions<MediaModesCallFeatureEvents> {
  /** How it reaches this client; undefined while it flows between two people. */
  readonly modes: MediaModes | undefined;
  /** Why it was changed last, in a sentence; undefined before that. */
  readonly reason: string | undefined;
  /** How it reaches somebody else; undefined between two people, and of who is not in the call. */
  modesOf(participant: CommunicationIdentifier): MediaModes | undefined;
  /** Takes effect at once, without interrupting anything: for this participant, or for everybody without one. */
  setModes(modes: MediaModes, participant?: CommunicationIdentifier): Promise<void>;
}
