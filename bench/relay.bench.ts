/**
 * What relaying costs: coturn and our relay beside each other, one core each for the server and for the load, the same load in turn, in one
 * run. `--quick` measures once and shortly, `--only TEXT` only the rows whose label contains it. See README.md for how to read the table.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localAddress } from './local-address.ts';
import { raisePriority, restorePriority } from './priority.ts';
import { buildGenerator, Generator, type GeneratorResult, type LoadedServer } from './relay/generator.ts';
import { startCoturn } from './relay/coturn.ts';
import { startOurRelay } from './relay/start-our-relay.ts';
import { costUs, type Point, points } from './relay/points.ts';

const serverCore = 1;
const generatorCore = 0;
const coturnPort = 3490;
const heldAllocations = 5000;
/** Share of a core from which it is called full. */
const fullShare = 0.9;

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });
const rounds = flags.quick ? 1 : 3;
const timing = flags.quick ? { warmup: 0.2, seconds: 0.5 } : { warmup: 0.3, seconds: 1 };
const memoryLabel = `memory per allocation, ${heldAllocations} held`;

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
const priorityBefore = raisePriority();
try {
  const host = localAddress();
  const generator = new Generator(await buildGenerator(folder), generatorCore);
  const chosen = points.filter(({ label }) => label.includes(flags.only));
  console.log(`servers on ${host}, core ${serverCore}; load from core ${generatorCore}; ${rounds} x ${timing.seconds} s a row and server, median; microseconds of processor time per packet, allocation or answer`);
  const table: Array<Record<string, string>> = [];
  {
    await using coturn = await startCoturn(folder, host, coturnPort, serverCore);
    await using ours = await startOurRelay(folder, host, serverCore);
    for (const point of chosen) table.push(await orFailure(point.label, measure(generator, point, coturn, ours)));
  }
  if (memoryLabel.includes(flags.only)) table.push(await orFailure(memoryLabel, measureMemory(generator, host)));
  console.table(table);
} finally {
  restorePriority(priorityBefore);
  await rm(folder, { recursive: true, force: true });
}

/** A row that could not be measured says why, and the others are measured nevertheless. */
async function orFailure(label: string, measured: Promise<Record<string, string>>): Promise<Record<string, string>> {
  return measured.catch((failure: unknown) => {
    console.error(`${label}: ${failure instanceof Error ? failure.message : String(failure)}`);
    return { measured: label, goal: 'FAILED, see above' };
  });
}

/** Both servers in turn, so that what else the machine does hits both. */
async function measure(generator: Generator, point: Point, coturn: LoadedServer, ours: LoadedServer): Promise<Record<string, string>> {
  const results: { readonly coturn: GeneratorResult[]; readonly ours: GeneratorResult[] } = { coturn: [], ours: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.coturn.push(await generator.run(coturn, point.command, { ...timing, ...point.options }));
    results.ours.push(await generator.run(ours, point.command, { ...timing, ...point.options }));
  }
  const [theirs, own] = [medianBy(results.coturn, costUs), medianBy(results.ours, costUs)];
  const addedUs = median(results.ours.map(latency)) - median(results.coturn.map(latency));
  return {
    ...row(point.label, costUs(theirs), costUs(own), point.goal),
    'cores in use (load)': [theirs, own].map((result) => inUse(result, point)).join(' · '),
    'each second': point.command === 'traffic' ? '' : [theirs, own].map(({ delivered, seconds }) => (delivered / seconds).toFixed(0)).join(' · '),
    'latency, median': point.goalAddedUs === undefined ? '' : `${latency(theirs).toFixed(0)} · ${latency(own).toFixed(0)} µs, added ${addedUs.toFixed(0)}${addedUs > point.goalAddedUs ? ' MISSED' : ''}`,
    lost: [theirs, own].map(lostShare).join(' · '),
  };
}

/** Growth of the resident set of a fresh server, per allocation. */
async function measureMemory(generator: Generator, host: string): Promise<Record<string, string>> {
  const grow = async (server: LoadedServer): Promise<number> => {
    const before = residentBytes(server.pid);
    const held = await generator.hold(server, heldAllocations, () => residentBytes(server.pid));
    return (held - before) / heldAllocations / 1000;
  };
  await using coturn = await startCoturn(folder, host, coturnPort, serverCore);
  const theirs = await grow(coturn);
  await using ours = await startOurRelay(folder, host, serverCore);
  return row(memoryLabel, theirs, await grow(ours), 1, 'kB');
}

function row(label: string, theirs: number, own: number, goal: number | undefined, unit = 'µs'): Record<string, string> {
  const ratio = own / theirs;
  return { measured: label, coturn: `${theirs.toFixed(2)} ${unit}`, dialplane: `${own.toFixed(2)} ${unit}`, ratio: ratio.toFixed(2), goal: goal === undefined ? '' : `≤ ${goal}${ratio > goal ? ' MISSED' : ''}` };
}

/** The generator never sleeps in a paced run. */
function inUse({ serverShare, generatorShare }: GeneratorResult, { options }: Point): string {
  const isLoadBound = options['rate'] === undefined && serverShare < fullShare && generatorShare > fullShare;
  return `${serverShare.toFixed(2)} (${generatorShare.toFixed(2)})${isLoadBound ? ' load-bound' : ''}`;
}

function lostShare({ sent, lost }: GeneratorResult): string {
  return sent === undefined || lost === undefined ? '' : `${((100 * lost) / sent).toFixed(1)} %`;
}

function latency({ latencyMedianUs }: GeneratorResult): number {
  return latencyMedianUs ?? 0;
}

function medianBy(results: readonly GeneratorResult[], by: (result: GeneratorResult) => number): GeneratorResult {
  const middle = results.toSorted((a, b) => by(a) - by(b))[Math.floor(results.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
