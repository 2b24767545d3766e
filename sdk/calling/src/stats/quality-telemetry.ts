import type { CallInternals, StatsSample } from '../call-internals.ts';
import { parseStats } from './parse-stats.ts';
import type { StatsSnapshot } from './stats-snapshot.ts';
import { StreamQualityMeter } from './stream-quality.ts';

/** How often the quality of the streams is told to the server while a call runs; the last word is said at its end. */
const reportIntervalMs = 10_000;

/** Tells the call records how good the streams of a call were, from now until it ends. */
export function startQualityTelemetry(call: CallInternals): void {
  const meter = new StreamQualityMeter();
  let before: StatsSnapshot | undefined;
  let reportedAt = call.platform.clock.now();
  const snapshotOf = ({ report, at }: StatsSample): StatsSnapshot => parseStats(report, at, (mid, direction) => call.streamOf(mid, direction)?.mediaStreamType);
  const stop = [
    call.onPeerConnectionChanged(() => {
      before = undefined;
    }),
    call.onStats((sample) => {
      const { at } = sample;
      const after = snapshotOf(sample);
      if (before !== undefined) meter.observe(before, after);
      before = after;
      if (at - reportedAt < reportIntervalMs) return;
      reportedAt = at;
      call.reportStreams(meter.qualities());
    }),
  ];
  call.onEnded(() => {
    for (const undo of stop) undo();
    const latest = call.latestStats();
    // The last part of a second says little of a long call, and all there is of a short one.
    if (latest !== undefined && meter.isEmpty) meter.observe(before ?? nothing(latest.at), snapshotOf(latest));
    call.reportStreams(meter.qualities());
  });
}

/** Before anything was read. */
function nothing(at: number): StatsSnapshot {
  return { at, sent: [], received: [], pairs: [], transports: [] };
}
