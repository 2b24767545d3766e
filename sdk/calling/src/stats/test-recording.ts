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
  const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/chromium-two-seconds.json'), 'utf8')) as Recorded[];
  const snapshots = recorded.map(({ at, entries }) => parseStats(entries, at, (mid) => (mid === '2' ? 'ScreenSharing' : undefined)));
  const [before, after] = snapshots;
  if (before === undefined || after === undefined) throw new Error('the recording has two reports');
  return [before, after];
}
