import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { OptimalVideoCountCallFeature, OptimalVideoCountCallFeatureEvents, OvcChangeReason } from '../public/optimal-video-count.ts';
import { VideoCountRule } from './video-count-rule.ts';

/** Remote pictures that ACS's web client shows at most: nine, and four on a telephone. */
const videosOnComputer = 9;
const videosOnTelephone = 4;

/** Bounded by the kind of device, and where pictures are forwarded by how many of those that are looked at get through. */
class OptimalVideoCount extends EventEmitter<OptimalVideoCountCallFeatureEvents> implements OptimalVideoCountCallFeature {
  readonly name = 'OptimalVideoCount';
  lastOvcChangeReason: OvcChangeReason = 'externalLimit';
  private readonly call: CallInternals;
  private readonly rule: VideoCountRule;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.rule = new VideoCountRule(/Android|iPhone|iPad|Mobile/.test(call.platform.navigator?.userAgent ?? '') ? videosOnTelephone : videosOnComputer);
    call.onStats(() => this.look());
    call.onPeerConnectionChanged(() => {
      if (this.rule.reset()) this.changed('unknown');
    });
  }

  get optimalVideoCount(): number {
    return this.rule.count;
  }

  private look(): void {
    const wanted = this.call.streams().filter(({ direction, source, mediaStreamType }) => direction === 'receive' && source !== undefined && mediaStreamType !== 'Audio');
    const isArriving = wanted.filter(({ source, mediaStreamType }) =>
      this.call.call.remoteParticipants.some(({ identifier, videoStreams }) =>
        rawIdOf(identifier) === source && videoStreams.some((stream) => stream.mediaStreamType === mediaStreamType && stream.isReceiving)));
    const isMixed = this.call.view()?.mediaSessions.some(({ modes }) => modes?.video === 'mixed') === true;
    if (!isMixed && this.rule.look(wanted.length, isArriving.length)) this.changed('bandwidth');
  }

  private changed(reason: OvcChangeReason): void {
    this.lastOvcChangeReason = reason;
    this.emit('optimalVideoCountChanged');
  }
}

export const optimalVideoCount: CallFeatureFactory<OptimalVideoCountCallFeature> = callFeature('OptimalVideoCount', (call) => new OptimalVideoCount(call));
