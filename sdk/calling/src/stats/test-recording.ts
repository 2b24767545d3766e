import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStats } from './parse-stats.ts';
import type { StatsSnapshot } from './stats-snapshot.ts';

interface Recorded {
  readonly at: number;
  readonly entries: readonly object[];
}

/**
 * Two reports of one peer connection of Chromium 156, a second apart: it sends sound, a camera (section 1) and a screen (section
 * 2), and receives sound and a camera, over UDP on one machine.
 */
export function recordedSnapshots(): [StatsSnapshot, StatsSnapshot] {
  const [before, after] = recorded();
  const snapshotOf = ({ at, entries }: Recorded): StatsSnapshot => parseStats(entries, at, (mid) => (mid === '2' ? 'ScreenSharing' : undefined));
  return [snapshotOf(before), snapshotOf(after)];
}

/** The same as the browser gave them. */
export function recordedReports(): [RTCStatsReport, RTCStatsReport] {
  const [before, after] = recorded();
  const reportOf = ({ entries }: Recorded): RTCStatsReport => new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport;
  return [reportOf(before), reportOf(after)];
}

function recorded(): [Recorded, Recorded] {
  const [before, after] = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/chromium-two-seconds.json'), 'utf8')) as Recorded[];
  if (before === undefined || after === undefined) throw new Error('the recording has two reports');
  return [before, after];
}
