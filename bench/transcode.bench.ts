/**
 * What telephone calls of two cost: Debian's rtpengine in user space and one media process of ours beside each other, on one core, the same calls in turn from the other core, in one run.
 * `--quick` measures once and shortly, `--only TEXT` only the rows whose label contains it. See README.md for how to read the table.
 */
import { parseArgs } from 'node:util';
import { localAddress } from './local-address.ts';
import { pinSelf } from './measured-process.ts';
import { raisePriority, restorePriority } from './priority.ts';
import { type CallPoint, callPoints, measureCalls, type Measured } from './transcode/loaded-calls.ts';
import { openOurProcessor } from './transcode/our-processor.ts';
import { openRtpengine } from './transcode/rtpengine.ts';

const serverCore = 1;
const loadCore = 0;

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });
const timing = flags.quick ? { rounds: 1, warmUpMs: 1000, durationMs: 1500 } : { rounds: 3, warmUpMs: 1000, durationMs: 2000 };

const priorityBefore = raisePriority();
pinSelf(loadCore);
try {
  const host = localAddress();
  console.log(`servers on ${host}, core ${serverCore}; telephones on core ${loadCore}; ${timing.rounds} x ${timing.durationMs} ms a row and server, median; where there are two figures, rtpengine · ours`);
  await using rtpengine = await openRtpengine(host, serverCore);
  await using ours = await openOurProcessor(host, serverCore);
  const table: Readonly<Record<string, string>>[] = [];
  for (const point of callPoints.filter(({ label }) => label.includes(flags.only))) table.push(rowOf(point, await measureCalls(rtpengine, host, point, timing), await measureCalls(ours, host, point, timing)));
  console.table(table);
} finally {
  restorePriority(priorityBefore);
}

function rowOf({ label, calls, goal }: CallPoint, theirs: Measured, own: Measured): Readonly<Record<string, string>> {
  const both = (write: (measured: Measured) => string): string => `${write(theirs)} · ${write(own)}`;
  const ratio = own.costUs / theirs.costUs;
  return {
    'calls of two': `${calls} x ${label}`,
    'µs a packet': both(({ costUs }) => costUs.toFixed(1)),
    '% of a core a leg': both(({ costUs }) => ((costUs * 50) / 10_000).toFixed(3)),
    ratio: ratio.toFixed(2),
    goal: `≤ ${goal}${ratio > goal ? ' MISSED' : ''}`,
    'core in use': both(({ share }) => share.toFixed(2)),
    'packets/s': both(({ packetsPerSecond }) => packetsPerSecond.toFixed(0)),
    'came through': both(({ delivered }) => `${(100 * delivered).toFixed(1)} %`),
    'load late, ms': both(({ latestMs }) => latestMs.toFixed(0)),
  };
}
