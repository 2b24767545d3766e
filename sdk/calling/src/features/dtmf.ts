import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { identifierOf } from '../identifiers.ts';
import { toneOfKey } from '../media/dtmf.ts';
import type { DtmfCallFeature, DtmfCallFeatureEvents } from '../public/dtmf.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';

class DtmfFeature extends EventEmitter<DtmfCallFeatureEvents> implements DtmfCallFeature {
  readonly name = 'Dtmf';

  constructor(call: CallInternals) {
    super();
    call.onEvent((event) => {
      if (event.type !== 'dtmfReceived') return;
      for (const key of event.tone) this.emit('toneReceived', { identifier: identifierOf(event.sender), tone: toneOfKey(key) });
    });
  }
}

export const dtmf: CallFeatureFactory<DtmfCallFeature> = callFeature('Dtmf', (call) => new DtmfFeature(call));
