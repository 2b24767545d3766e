import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { OptimalVideoCountCallFeature, OptimalVideoCountCallFeatureEvents, OvcChangeReason } from '../public/optimal-video-count.ts';

/** Remote pictures that ACS's web client shows at most: nine, and four on a telephone. */
const videosOnComputer = 9;
const videosOnTelephone = 4;

/** A bound by the kind of device until a forwarding server tells of bandwidth; a 1:1 call never reaches it. */
class OptimalVideoCount extends EventEmitter<OptimalVideoCountCallFeatureEvents> implements OptimalVideoCountCallFeature {
  readonly name = 'OptimalVideoCount';
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason: OvcChangeReason = 'externalLimit';

  constructor(call: CallInternals) {
    super();
    this.optimalVideoCount = /Android|iPhone|iPad|Mobile/.test(call.platform.navigator?.userAgent ?? '') ? videosOnTelephone : videosOnComputer;
  }
}

export const optimalVideoCount: CallFeatureFactory<OptimalVideoCountCallFeature> = callFeature('OptimalVideoCount', (call) => new OptimalVideoCount(call));
