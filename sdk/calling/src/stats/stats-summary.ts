import type { AggregatedNumber, MediaStatsReportSample, MediaStatsReportSummary } from '../public/media-stats.ts';

/** A number while it is being collected. */
interface Series {
  readonly points: Point[];
  readonly raw: number[];
  lastAt: number;
}

interface Point {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/**
 * Collects samples into summaries: `samplesPerPoint` samples make a data point, `pointsPerSummary` data points a summary. A
 * stream that was there for a part of the time has what there was of it.
 */
export class StatsSummarizer {
  private readonly samplesPerPoint: number;
  private readonly pointsPerSummary: number;
  private series = new Map<string, Series>();
  private latest: MediaStatsReportSample | undefined;
  private samples = 0;

  constructor(samplesPerPoint: number, pointsPerSummary: number) {
    this.samplesPerPoint = samplesPerPoint;
    this.pointsPerSummary = pointsPerSummary;
  }

  /** Takes a sample of `wallClockMs`; returns the summary when this one completes it. */
  add(sample: MediaStatsReportSample, wallClockMs: number): MediaStatsReportSummary | undefined {
    const startsPoint = this.samples % this.samplesPerPoint === 0;
    forEachNumber(sample, '', (path, value) => this.record(path, value, startsPoint, wallClockMs));
    this.latest = this.latest === undefined ? sample : withEnded(sample, this.latest);
    this.samples += 1;
    if (this.samples < this.samplesPerPoint * this.pointsPerSummary) return undefined;
    const summary = aggregate(this.latest, '', this.series) as MediaStatsReportSummary;
    this.series = new Map();
    this.latest = undefined;
    this.samples = 0;
    return summary;
  }

  private record(path: string, value: number, startsPoint: boolean, wallClockMs: number): void {
    const series = this.series.get(path) ?? { points: [], raw: [], lastAt: wallClockMs };
    this.series.set(path, series);
    series.raw.push(value);
    series.lastAt = wallClockMs;
    const point = series.points.at(-1);
    if (point === undefined || startsPoint) series.points.push({ count: 1, sum: value, min: value, max: value });
    else Object.assign(point, { count: point.count + 1, sum: point.sum + value, min: Math.min(point.min, value), max: Math.max(point.max, value) });
  }
}

/** `sample` with the streams of `before` that are gone by now. */
function withEnded(sample: MediaStatsReportSample, before: MediaStatsReportSample): MediaStatsReportSample {
  const sections = (name: 'video' | 'screenShare') => ({
    send: union(sample[name].send, before[name].send),
    receive: union(sample[name].receive, before[name].receive),
  });
  return {
    audio: { send: union(sample.audio.send, before.audio.send), receive: union(sample.audio.receive, before.audio.receive) },
    video: sections('video'),
    screenShare: sections('screenShare'),
    transports: union(sample.transports, before.transports),
  };
}

function union<Entry extends { readonly id: string }>(newer: readonly Entry[], older: readonly Entry[]): Entry[] {
  return [...newer, ...older.filter(({ id }) => !newer.some((entry) => entry.id === id))];
}

/** Streams are told apart by their id, whatever their place in the list. */
function pathOf(parent: string, key: string | number, value: unknown): string {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return `${parent}/${typeof id === 'string' ? id : key}`;
}

function forEachNumber(value: unknown, path: string, visit: (path: string, value: number) => void): void {
  if (typeof value === 'number') visit(path, value);
  else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) forEachNumber(member, pathOf(path, key, member), visit);
}

function aggregate(value: unknown, path: string, series: ReadonlyMap<string, Series>): unknown {
  if (Array.isArray(value)) return value.map((member, index) => aggregate(member, pathOf(path, index, member), series));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, aggregate(member, pathOf(path, key, member), series)]));
  }
  const collected = series.get(path);
  return collected === undefined ? value : aggregatedNumber(collected);
}

function aggregatedNumber({ points, raw, lastAt }: Series): AggregatedNumber {
  return {
    aggregation: {
      count: points.map(({ count }) => count),
      sum: points.map(({ sum }) => sum),
      min: points.map(({ min }) => min),
      max: points.map(({ max }) => max),
    },
    raw,
    timestamp: new Date(lastAt),
  };
}
