import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type Reaction = 'like' | 'heart' | 'laugh' | 'surprised' | 'applause';

export interface ReactionMessage {
  readonly reactionType: Reaction;
}

export interface ReactionEventPayload {
  readonly identifier: CommunicationIdentifierKind;
  readonly reactionMessage: ReactionMessage;
}

export interface ReactionCallFeatureEvents {
  reaction: (event: ReactionEventPayload) => void;
}

/** A sign that everybody sees for a moment. */
export interface ReactionCallFeature extends CallFeature, EventSubscriptions<ReactionCallFeatureEvents> {
  sendReaction(reactionMessage: ReactionMessage): Promise<void>;
}
