/**
 * What the Media Processor costs: one media process of ours and Debian's janus beside each other, and beside both what forwarding takes at least, on one core, the same load in turn from the other core, in one run. `--quick`
 * measures once and shortly, `--only TEXT` only the rows whose label contains it, `--joins NUMBER` says how many joins and leaves there are. See README.md for how to read the tables.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate } from './certificate.ts';
import { localAddress } from './local-address.ts';
import { pinSelf } from './measured-process.ts';
import { openDialplane } from './media/dialplane/dialplane-server.ts';
import { forwardingPoints } from './media/forwarding.ts';
import { openFloor } from './media/floor/floor-server.ts';
import { openJanus } from './media/janus/janus-server.ts';
import { LoadEngine } from './media/load-engine.ts';
import { LoadedMix, mixingPoints } from './media/mixing.ts';
import { type Contest, describeLine, forwardingRow, holdingRows, mixingRow, mixLatencyRow, type Row, soundQualityRow, type Timing } from './media/rows.ts';
import type { LossyLine } from './media/sound-quality.ts';
import { warmUpForwarding } from './media/warm-up.ts';
import { raisePriority, restorePriority } from './priority.ts';

const serverCore = 1;
const loadCore = 0;
const janusPort = 8189;
const mostWarmUps = 6;
const mixesWithLatency = [2, 50];
const lossyLines: readonly LossyLine[] = [
  ...[0, 0.02, 0.05, 0.1].map((lostShare) => ({ lostShare, expectedLossPercent: 0 })),
  ...[0, 0.05, 0.1].map((lostShare) => ({ lostShare, expectedLossPercent: 10 })),
];
const holdingLabel = 'memory and idleness';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, joins: { type: 'string', default: '10000' } } });
const timing: Timing = flags.quick ? { rounds: 1, warmUpMs: 300, durationMs: 1000 } : { rounds: 3, warmUpMs: 500, durationMs: 2000 };
const isChosen = (label: string): boolean => label.includes(flags.only);

type OpenEngine = (pathFeedback: LoadEngine['pathFeedback']) => LoadEngine;

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
const priorityBefore = raisePriority();
pinSelf(loadCore);
try {
  const host = localAddress();
  const certificate = makeCertificate(folder, 'load');
  const openEngine: OpenEngine = (pathFeedback) => new LoadEngine(host, certificate, pathFeedback);
  console.log(`servers on ${host}, core ${serverCore}; load from core ${loadCore}; ${timing.rounds} x ${timing.durationMs} ms a row and server, median; where there are two figures, janus · ours, where three, janus · ours · the floor`);
  if (isChosen(holdingLabel)) await withServers(host, (contest) => printHolding(openEngine, contest));
  await withServers(host, async (contest) => {
    await printForwarding(openEngine, host, contest);
    await printMixing(openEngine, contest);
    await printQuality(openEngine, contest);
  });
} finally {
  restorePriority(priorityBefore);
  await rm(folder, { recursive: true, force: true });
}

async function withServers(host: string, work: (contest: Contest) => Promise<void>): Promise<void> {
  await using janus = await openJanus(folder, host, janusPort, serverCore);
  await using ours = await openDialplane(folder, host, serverCore);
  await work({ janus, ours });
}

async function printForwarding(openEngine: OpenEngine, host: string, contest: Contest): Promise<void> {
  const points = forwardingPoints.filter(({ label }) => isChosen(label));
  if (points.length === 0) return;
  await using floor = await openFloor(folder, host, serverCore);
  console.table(await warmUpForwarding([contest.janus, contest.ours, floor], { openEngine, timing, mostRounds: flags.quick ? 2 : mostWarmUps }));
  const table: Row[] = [];
  for (const point of points) {
    using engine = openEngine(point.pathFeedback);
    table.push(await orFailure('µs a packet', point.label, forwardingRow(engine, point, { ...contest, floor }, timing)));
  }
  console.table(table);
}

async function printMixing(openEngine: OpenEngine, contest: Contest): Promise<void> {
  const table: Row[] = [];
  const points = mixingPoints.filter(({ label }) => isChosen(label));
  if (points.length > 0) await warmUpMixing(openEngine, contest);
  for (const point of points) {
    using engine = openEngine('transportWide');
    table.push(await orFailure('% of a core a participant', point.label, mixingRow(engine, point, contest, timing)));
  }
  if (table.length > 0) console.table(table);
  const latencies: Row[] = [];
  for (const participants of mixesWithLatency.filter((count) => isChosen(`mix latency, ${count} participants`))) {
    using engine = openEngine('transportWide');
    latencies.push(await orFailure('ms through the mix, median (range)', `${participants} participants`, mixLatencyRow(engine, participants, contest, flags.quick ? 1 : 2)));
  }
  if (latencies.length > 0) console.table(latencies);
}

async function printQuality(openEngine: OpenEngine, contest: Contest): Promise<void> {
  const table: Row[] = [];
  for (const line of lossyLines.filter((one) => isChosen(`quality, ${describeLine(one)}`))) {
    using engine = openEngine('transportWide');
    table.push(await orFailure('speech through the mix', describeLine(line), soundQualityRow(engine, line, contest)));
  }
  if (table.length > 0) console.table(table);
}

async function printHolding(openEngine: OpenEngine, contest: Contest): Promise<void> {
  using engine = openEngine('transportWide');
  console.table(await holdingRows(engine, contest, Number(flags.joins)).catch((failure: unknown) => [failed('held', holdingLabel, failure)]));
}

/** Servers that have mixed for a while, as those that have forwarded for one. */
async function warmUpMixing(openEngine: OpenEngine, { janus, ours }: Contest): Promise<void> {
  for (const point of mixingPoints.filter(({ participants, talking }) => participants === 50 && talking === 50)) {
    using engine = openEngine('transportWide');
    for (const server of [janus, ours]) {
      await using mix = await LoadedMix.open(engine, server, point);
      await mix.measure(timing.warmUpMs, 3 * timing.durationMs);
    }
  }
}

/** A row that could not be measured says why, and the others are measured nevertheless. */
async function orFailure(column: string, label: string, measured: Promise<Row>): Promise<Row> {
  return measured.catch((failure: unknown) => failed(column, label, failure));
}

function failed(column: string, label: string, failure: unknown): Row {
  console.error(`${label}: ${failure instanceof Error ? failure.message : String(failure)}`);
  return { [column]: label, goal: 'FAILED, see above' };
}
