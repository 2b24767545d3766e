import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

/** What every sent or received stream tells. Times in ms, rates in bits per second. */
export interface StreamStats {
  readonly id: string;
  readonly codecName?: string | undefined;
  readonly bitrate?: number | undefined;
  readonly jitterInMs?: number | undefined;
  readonly packets?: number | undefined;
  readonly packetsPerSecond?: number | undefined;
  readonly packetsLost?: number | undefined;
  readonly packetsLostPerSecond?: number | undefined;
  readonly rttInMs?: number | undefined;
  readonly transportId?: string | undefined;
}

export interface AudioSendStats extends StreamStats {
  /** 0 to 65536. */
  readonly audioInputLevel?: number | undefined;
}

export interface AudioReceiveStats extends StreamStats {
  readonly jitterBufferDelayInMs?: number | undefined;
  /** 0 to 65536. */
  readonly audioOutputLevel?: number | undefined;
  /** Share of samples that were made up for lost ones, 0 to 1. */
  readonly healedRatio?: number | undefined;
}

/** A further encoding of the same picture (simulcast). */
export interface VideoLayerStats {
  readonly id: string;
  readonly bitrate?: number | undefined;
  readonly packets?: number | undefined;
  readonly packetsPerSecond?: number | undefined;
  readonly framesEncoded?: number | undefined;
  readonly frameRateEncoded?: number | undefined;
  readonly framesSent?: number | undefined;
  readonly frameRateSent?: number | undefined;
  readonly frameWidthSent?: number | undefined;
  readonly frameHeightSent?: number | undefined;
  readonly keyFramesEncoded?: number | undefined;
}

export interface VideoSendStats extends StreamStats {
  readonly frameRateInput?: number | undefined;
  readonly frameWidthInput?: number | undefined;
  readonly frameHeightInput?: number | undefined;
  readonly framesEncoded?: number | undefined;
  readonly frameRateEncoded?: number | undefined;
  readonly framesSent?: number | undefined;
  readonly frameRateSent?: number | undefined;
  readonly frameWidthSent?: number | undefined;
  readonly frameHeightSent?: number | undefined;
  readonly keyFramesEncoded?: number | undefined;
  readonly altLayouts?: readonly VideoLayerStats[] | undefined;
}

export interface VideoReceiveStats extends StreamStats {
  /** `id` of the RemoteVideoStream. */
  readonly streamId?: string | undefined;
  readonly jitterBufferDelayInMs?: number | undefined;
  readonly frameRateDecoded?: number | undefined;
  readonly frameRateReceived?: number | undefined;
  readonly frameWidthReceived?: number | undefined;
  readonly frameHeightReceived?: number | undefined;
  readonly longestFreezeDurationInMs?: number | undefined;
  readonly totalFreezeDurationInMs?: number | undefined;
  readonly framesReceived?: number | undefined;
  readonly framesDropped?: number | undefined;
  readonly framesDecoded?: number | undefined;
  readonly keyFramesDecoded?: number | undefined;
}

export interface TransportStats {
  readonly id: string;
  readonly rttInMs?: number | undefined;
  readonly availableIncomingBitrate?: number | undefined;
  readonly availableOutgoingBitrate?: number | undefined;
}

/** One second of a call. */
export interface MediaStatsReportSample {
  readonly audio: { readonly send: readonly AudioSendStats[]; readonly receive: readonly AudioReceiveStats[] };
  readonly video: { readonly send: readonly VideoSendStats[]; readonly receive: readonly VideoReceiveStats[] };
  readonly screenShare: { readonly send: readonly VideoSendStats[]; readonly receive: readonly VideoReceiveStats[] };
  readonly transports: readonly TransportStats[];
}

/** A number over time: one element per data point, and every sample in `raw`. */
export interface AggregatedNumber {
  readonly aggregation: { readonly count: readonly number[]; readonly sum: readonly number[]; readonly min: readonly number[]; readonly max: readonly number[] };
  readonly raw: readonly number[];
  /** Of the last sample. */
  readonly timestamp: Date;
}

/** A sample's shape with every number replaced by what became of it. */
export type Aggregated<Value> = Value extends number
  ? AggregatedNumber
  : Value extends string | undefined
    ? Value
    : Value extends object
      ? { readonly [Key in keyof Value]: Aggregated<Value[Key]> }
      : Value;

export type MediaStatsReportSummary = Aggregated<MediaStatsReportSample>;

export interface MediaStatsCollectorOptions {
  /** Seconds of one data point; default 10. */
  readonly aggregationInterval?: number;
  /** Data points of one summary; default 6. */
  readonly dataPointsPerAggregation?: number;
}

export interface MediaStatsCollectorEvents {
  sampleReported: (sample: MediaStatsReportSample) => void;
  summaryReported: (summary: MediaStatsReportSummary) => void;
}

export interface MediaStatsCollector extends EventSubscriptions<MediaStatsCollectorEvents> {
  dispose(): void;
}

/** Figures of the call's media, once a second. */
export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}
