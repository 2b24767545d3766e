import type { StreamQuality } from '@dialplane/calling-api';
import { growth, lossRate, perSecond, ratio } from './rates.ts';
import type { ReceivedStream, SentStream, StatsSnapshot } from './stats-snapshot.ts';

/** Average and greatest of what was observed; undefined values were not observed. */
class Spread {
  private count = 0;
  private sum = 0;
  private greatest = 0;

  observe(value: number | undefined): void {
    if (value === undefined) return;
    this.count += 1;
    this.sum += value;
    this.greatest = Math.max(this.greatest, value);
  }

  get average(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }

  get max(): number | undefined {
    return this.count === 0 ? undefined : this.greatest;
  }
}

interface Course {
  readonly roundTripTime: Spread;
  readonly jitter: Spread;
  readonly packetLossRate: Spread;
  readonly jitterBufferSize: Spread;
  readonly healedDataRatio: Spread;
  readonly videoFrameRate: Spread;
  readonly videoBitRate: Spread;
  readonly firstAt: number;
  latest: Omit<StreamQuality, 'streamId'>;
}

/** The longest report: ReportTelemetryRequest takes no more streams. */
const maxStreams = 64;

/** Follows every stream of a call and tells its quality since the start (ACS CallDiagnostics). */
export class StreamQualityMeter {
  private readonly courses = new Map<string, Course>();

  /** Takes the second between two snapshots of the same peer connection. */
  observe(before: StatsSnapshot, after: StatsSnapshot): void {
    const elapsedMs = after.at - before.at;
    const transportType = isOverTcp(after) ? 'TCP' : 'UDP';
    for (const stream of after.sent) {
      if (stream.packets > 0) this.observeSent(stream, before.sent.find(({ id }) => id === stream.id), elapsedMs, after.at, transportType);
    }
    for (const stream of after.received) {
      if (stream.packets > 0) this.observeReceived(stream, before.received.find(({ id }) => id === stream.id), elapsedMs, after.at, transportType);
    }
  }

  /** Whether no stream was seen yet. */
  get isEmpty(): boolean {
    return this.courses.size === 0;
  }

  qualities(): StreamQuality[] {
    return [...this.courses].slice(-maxStreams).map(qualityOf);
  }

  private observeSent(stream: SentStream, before: SentStream | undefined, elapsedMs: number, at: number, transportType: 'UDP' | 'TCP'): void {
    const course = this.course(`${stream.ssrc ?? stream.id} out`, stream, 'Outbound', transportType, at);
    const lost = growth(before?.packetsLost, stream.packetsLost);
    const sent = growth(before?.packets, stream.packets);
    this.observeBoth(course, stream, lost === undefined || sent === undefined ? undefined : lossRate(lost, Math.max(0, sent - lost)));
    if (stream.mediaStreamType === 'Audio') return;
    course.videoFrameRate.observe(perSecond(before?.framesSent, stream.framesSent, elapsedMs));
    course.videoBitRate.observe(bitRate(before?.bytes, stream.bytes, elapsedMs));
  }

  private observeReceived(stream: ReceivedStream, before: ReceivedStream | undefined, elapsedMs: number, at: number, transportType: 'UDP' | 'TCP'): void {
    const course = this.course(`${stream.ssrc ?? stream.id} in`, stream, 'Inbound', transportType, at);
    this.observeBoth(course, stream, lossRate(growth(before?.packetsLost, stream.packetsLost), growth(before?.packets, stream.packets)));
    const delay = ratio(growth(before?.jitterBufferDelaySeconds, stream.jitterBufferDelaySeconds), growth(before?.jitterBufferEmittedCount, stream.jitterBufferEmittedCount));
    course.jitterBufferSize.observe(delay === undefined ? undefined : delay * 1000);
    if (stream.mediaStreamType === 'Audio') {
      course.healedDataRatio.observe(ratio(growth(before?.concealedSamples, stream.concealedSamples), growth(before?.totalSamplesReceived, stream.totalSamplesReceived)));
      return;
    }
    course.videoFrameRate.observe(perSecond(before?.framesDecoded, stream.framesDecoded, elapsedMs));
    course.videoBitRate.observe(bitRate(before?.bytes, stream.bytes, elapsedMs));
    const freezes = ratio(stream.totalFreezesMs, (at - course.firstAt) / 60_000);
    course.latest = {
      ...course.latest,
      ...(stream.frameHeight === undefined ? {} : { recvResolutionHeight: Math.round(stream.frameHeight) }),
      ...(freezes === undefined ? {} : { recvFreezeDurationPerMinuteInMs: freezes }),
    };
  }

  private observeBoth(course: Course, stream: SentStream | ReceivedStream, loss: number | undefined): void {
    course.roundTripTime.observe(stream.rttMs);
    course.jitter.observe(stream.jitterMs);
    course.packetLossRate.observe(loss);
    course.latest = { ...course.latest, packetUtilization: stream.packets, ...(stream.codecName === undefined ? {} : { codecName: stream.codecName }) };
  }

  private course(key: string, stream: SentStream | ReceivedStream, streamDirection: StreamQuality['streamDirection'], transportType: 'UDP' | 'TCP', at: number): Course {
    const known = this.courses.get(key) ?? {
      roundTripTime: new Spread(), jitter: new Spread(), packetLossRate: new Spread(), jitterBufferSize: new Spread(), healedDataRatio: new Spread(),
      videoFrameRate: new Spread(), videoBitRate: new Spread(), firstAt: at,
      latest: { mediaType: stream.mediaStreamType, streamDirection, transportType },
    };
    known.latest = { ...known.latest, mediaType: stream.mediaStreamType, transportType };
    this.courses.set(key, known);
    return known;
  }
}

function qualityOf([streamId, course]: readonly [string, Course]): StreamQuality {
  return { ...spreads(course), ...course.latest, streamId };
}

/** Only what was observed: an unknown figure is left out, not zero. */
function spreads(course: Course): Partial<StreamQuality> {
  const figures = {
    roundTripTimeAvg: course.roundTripTime.average, roundTripTimeMax: course.roundTripTime.max,
    jitterAvg: course.jitter.average, jitterMax: course.jitter.max,
    packetLossRateAvg: course.packetLossRate.average, packetLossRateMax: course.packetLossRate.max,
    jitterBufferSizeAvg: course.jitterBufferSize.average, jitterBufferSizeMax: course.jitterBufferSize.max,
    healedDataRatioAvg: course.healedDataRatio.average, healedDataRatioMax: course.healedDataRatio.max,
    videoFrameRateAvg: course.videoFrameRate.average,
    videoBitRateAvg: course.videoBitRate.average, videoBitRateMax: course.videoBitRate.max,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** A relay reached over TCP or TLS makes it a TCP path, whatever the relay's other side speaks. */
function isOverTcp({ pairs }: StatsSnapshot): boolean {
  const local = pairs.find(({ isSelected }) => isSelected)?.local;
  return local?.protocol === 'tcp' || local?.relayProtocol === 'tcp' || local?.relayProtocol === 'tls';
}

function bitRate(before: number | undefined, after: number, elapsedMs: number): number | undefined {
  const bytes = perSecond(before, after, elapsedMs);
  return bytes === undefined ? undefined : bytes * 8;
}
