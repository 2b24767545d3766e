import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type OvcChangeReason = 'bandwidth' | 'performance' | 'externalLimit' | 'unknown';

export interface OptimalVideoCountCallFeatureEvents {
  optimalVideoCountChanged: PropertyChangedEvent;
}

/** How many remote pictures this client should show at once. */
export interface OptimalVideoCountCallFeature extends CallFeature, EventSubscriptions<OptimalVideoCountCallFeatureEvents> {
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason: OvcChangeReason;
}
