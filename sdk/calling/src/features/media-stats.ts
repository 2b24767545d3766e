import type { CallInternals, StatsSample } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { MediaStatsCallFeature, MediaStatsCollector, MediaStatsCollectorEvents, MediaStatsCollectorOptions } from '../public/media-stats.ts';
import { mediaStatsSample, type LongestFreezes } from '../stats/media-stats-sample.ts';
import { parseStats } from '../stats/parse-stats.ts';
import type { ReceivedStream, StatsSnapshot } from '../stats/stats-snapshot.ts';
import { StatsSummarizer } from '../stats/stats-summary.ts';

/** Azure's documents use these in every example. */
const defaultAggregationIntervalSeconds = 10;
const defaultDataPointsPerAggregation = 6;

class MediaStats implements MediaStatsCallFeature {
  readonly name = 'MediaStats';
  private readonly call: CallInternals;

  constructor(call: CallInternals) {
    this.call = call;
  }

  /** Throws `AGGREGATION_INVALID`. The collector works until it is disposed of or the call ends. */
  createCollector(options: MediaStatsCollectorOptions = {}): MediaStatsCollector {
    const { aggregationInterval = defaultAggregationIntervalSeconds, dataPointsPerAggregation = defaultDataPointsPerAggregation } = options;
    for (const value of [aggregationInterval, dataPointsPerAggregation]) if (!Number.isSafeInteger(value) || value < 1) throw clientError('AGGREGATION_INVALID');
    return new Collector(this.call, new StatsSummarizer(aggregationInterval, dataPointsPerAggregation));
  }
}

class Collector extends EventEmitter<MediaStatsCollectorEvents> implements MediaStatsCollector {
  private readonly call: CallInternals;
  private readonly summarizer: StatsSummarizer;
  private readonly freezes: LongestFreezes = new Map();
  private readonly stop: () => void;
  private before: StatsSnapshot | undefined;

  constructor(call: CallInternals, summarizer: StatsSummarizer) {
    super();
    this.call = call;
    this.summarizer = summarizer;
    this.stop = call.onStats((sample) => this.collect(sample));
  }

  dispose(): void {
    this.stop();
  }

  private collect({ report, at }: StatsSample): void {
    const snapshot = parseStats(report, at, (mid, direction) => this.call.streamOf(mid, direction)?.mediaStreamType);
    const sample = mediaStatsSample(this.before, snapshot, (stream) => this.remoteStreamId(stream), this.freezes);
    this.before = snapshot;
    this.emit('sampleReported', sample);
    const summary = this.summarizer.add(sample, this.call.platform.clock.wallClock());
    if (summary !== undefined) this.emit('summaryReported', summary);
  }

  /** The section names whose it is, but for the composed picture, which is everybody's; between two peers it can only be the other one's. */
  private remoteStreamId({ mid, mediaStreamType }: ReceivedStream): string | undefined {
    const source = mid === undefined ? undefined : this.call.streamOf(mid, 'receive')?.source;
    if (source === undefined && this.call.view()?.topology === 'backend') return undefined;
    const participant = this.call.call.remoteParticipants.find(({ identifier }) => source === undefined || rawIdOf(identifier) === source);
    const stream = participant?.videoStreams.find((candidate) => candidate.mediaStreamType === mediaStreamType);
    return stream === undefined ? undefined : String(stream.id);
  }
}

export const mediaStats: CallFeatureFactory<MediaStatsCallFeature> = callFeature('MediaStats', (call) => new MediaStats(call));
