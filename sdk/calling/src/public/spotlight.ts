import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { CollectionUpdatedEvent, EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export interface SpotlightedParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly order?: number;
}

export interface SpotlightCallFeatureEvents {
  spotlightChanged: CollectionUpdatedEvent<SpotlightedParticipant>;
}

/** Participants put in front for everybody. */
export interface SpotlightCallFeature extends CallFeature, EventSubscriptions<SpotlightCallFeatureEvents> {
  readonly maxParticipantsToSpotlight: number;
  startSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopAllSpotlight(): Promise<void>;
  getSpotlightedParticipants(): SpotlightedParticipant[];
}
