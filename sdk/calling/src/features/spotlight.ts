import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { SpotlightCallFeature, SpotlightCallFeatureEvents, SpotlightedParticipant } from '../public/spotlight.ts';
import { notAvailable } from './not-available.ts';

/** ACS spotlights seven at most. A server that knows of spotlights comes with group calls. */
class Spotlight extends EventEmitter<SpotlightCallFeatureEvents> implements SpotlightCallFeature {
  readonly name = 'Spotlight';
  readonly maxParticipantsToSpotlight = 7;

  async startSpotlight(): Promise<void> {
    throw notAvailable('Spotlight');
  }

  /** Nobody is in the spotlight. */
  async stopSpotlight(): Promise<void> {}

  async stopAllSpotlight(): Promise<void> {}

  getSpotlightedParticipants(): SpotlightedParticipant[] {
    return [];
  }
}

export const spotlight: CallFeatureFactory<SpotlightCallFeature> = callFeature('Spotlight', () => new Spotlight());
