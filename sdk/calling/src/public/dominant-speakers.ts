import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

/** Who speaks, the newest first. */
export interface DominantSpeakersInfo {
  readonly speakersList: CommunicationIdentifierKind[];
  readonly timestamp: Date;
}

export interface DominantSpeakersCallFeatureEvents {
  dominantSpeakersChanged: PropertyChangedEvent;
}

export interface DominantSpeakersCallFeature extends CallFeature, EventSubscriptions<DominantSpeakersCallFeatureEvents> {
  readonly dominantSpeakers: DominantSpeakersInfo;
}
