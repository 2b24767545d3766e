import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamQuality } from '@dialplane/calling-api';
import type { CallInternals, StatsSample } from '../call-internals.ts';
import { hostPlatform } from '../platform.ts';
import { startQualityTelemetry } from './quality-telemetry.ts';
import { recordedReports } from './test-recording.ts';

/** What the telemetry uses of a call, which ends when it is told to. */
function call(latest: StatsSample | undefined): { readonly internals: CallInternals; readonly told: StreamQuality[]; sample(sample: StatsSample): void; end(): void } {
  const told: StreamQuality[] = [];
  const listeners: { stats?: (sample: StatsSample) => void; ended?: () => void } = {};
  const internals = {
    platform: hostPlatform(),
    streamOf: () => undefined,
    latestStats: () => latest,
    reportStreams: (streams: readonly StreamQuality[]) => told.push(...streams),
    onPeerConnectionChanged: () => () => {},
    onStats: (listener: (sample: StatsSample) => void) => {
      listeners.stats = listener;
      return () => {};
    },
    onEnded: (listener: () => void) => {
      listeners.ended = listener;
      return () => {};
    },
  } as unknown as CallInternals;
  startQualityTelemetry(internals);
  return { internals, told, sample: (sample) => listeners.stats?.(sample), end: () => listeners.ended?.() };
}

test('a call that ended before a second was over has its streams in the records', () => {
  const [first, second] = recordedReports();
  const short = call({ report: second, at: 300 });
  short.end();
  assert.ok(short.told.some(({ mediaType, streamDirection, packetUtilization = 0 }) => mediaType === 'Audio' && streamDirection === 'Inbound' && packetUtilization > 0));

  const longer = call({ report: second, at: 900 });
  longer.sample({ report: first, at: 0 });
  longer.end();
  assert.ok(longer.told.some(({ packetLossRateAvg }) => packetLossRateAvg !== undefined), 'with what was between');

  const silent = call(undefined);
  silent.end();
  assert.deepEqual(silent.told, []);
});
