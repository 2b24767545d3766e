import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

/** A raised hand and its place in the order, from 1. */
export interface RaisedHand {
  readonly identifier: CommunicationIdentifierKind;
  readonly order: number;
}

export interface RaisedHandChangedEventArgs {
  readonly identifier: CommunicationIdentifierKind;
}

export type RaisedHandChangedEvent = (args: RaisedHandChangedEventArgs) => void;

export interface RaiseHandCallFeatureEvents {
  raisedHandEvent: RaisedHandChangedEvent;
  loweredHandEvent: RaisedHandChangedEvent;
}

/** Hands of everybody in the call, this user's included. */
export interface RaiseHandCallFeature extends CallFeature, EventSubscriptions<RaiseHandCallFeatureEvents> {
  raiseHand(): Promise<void>;
  lowerHand(): Promise<void>;
  lowerHands(participants: CommunicationIdentifier[]): Promise<void>;
  lowerAllHands(): Promise<void>;
  /** In the order they were raised. */
  getRaisedHands(): RaisedHand[];
}
