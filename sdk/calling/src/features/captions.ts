import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { Captions, CaptionsCallFeature, CaptionsCallFeatureEvents, CaptionsCommonEvents, CaptionsInfo } from '../public/captions.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import { notAvailable } from './not-available.ts';

/** Captions need speech recognition, which no server of this version has: they stay off, and starting them says so. */
class InactiveCaptions extends EventEmitter<CaptionsCommonEvents<CaptionsInfo>> implements Captions {
  readonly kind = 'Captions';
  readonly isCaptionsFeatureActive = false;
  readonly supportedSpokenLanguages: string[] = [];
  readonly activeSpokenLanguage = '';

  async startCaptions(): Promise<void> {
    throw notAvailable('Captions');
  }

  /** Nothing is running. */
  async stopCaptions(): Promise<void> {}

  async setSpokenLanguage(): Promise<void> {
    throw notAvailable('Captions');
  }
}

class CaptionsFeature extends EventEmitter<CaptionsCallFeatureEvents> implements CaptionsCallFeature {
  readonly name = 'Captions';
  readonly captions: Captions = new InactiveCaptions();
}

export const captions: CallFeatureFactory<CaptionsCallFeature> = callFeature('Captions', () => new CaptionsFeature());
