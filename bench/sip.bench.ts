/**
 * What proxying SIP costs: kamailio (one child, stateful, record-routing) and our edge beside each other, one core for the server and one for the load, the same load in turn, in one run.
 * `--quick` measures once and shortly, `--only TEXT` only the rows whose label contains it. See README.md for how to read the table.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { raisePriority, restorePriority } from './priority.ts';
import { startKamailio } from './sip/kamailio.ts';
import { startOurProxy } from './sip/our-proxy.ts';
import { buildSipGenerator, runSipLoad, type SipLoad, type SipRun, type SipScenario } from './sip/sip-generator.ts';
import type { SipPlaces, SipServer } from './sip/sip-server.ts';

const serverCore = 1;
const generatorCore = 0;
const host = '127.0.0.1';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });
const rounds = flags.quick ? 1 : 3;
const timing = flags.quick ? { warmup: 1, seconds: 2 } : { warmup: 1, seconds: 4 };

interface Row {
  readonly label: string;
  readonly scenario: SipScenario;
  readonly load: Omit<SipLoad, 'warmup' | 'seconds'>;
}

const rows: readonly Row[] = [
  { label: 'call (INVITE to BYE), 50 at a time', scenario: 'calls', load: { inFlight: 50 } },
  { label: 'call, 200 at a time', scenario: 'calls', load: { inFlight: 200 } },
  { label: 'call, 500 a second', scenario: 'calls', load: { inFlight: 1000, rate: 500 } },
  { label: 'REGISTER with digest, 10,000 users', scenario: 'register', load: { inFlight: 50 } },
  { label: 'OPTIONS', scenario: 'options', load: { inFlight: 50 } },
];

/** Each server gets ports of its own; the generator's server is reached without a proxy to know what a hop adds. */
const placesOf = (base: number): SipPlaces => ({ host, serverPort: base, clientPort: base + 1, uasPort: base + 2 });

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
const priorityBefore = raisePriority();
try {
  const generator = await buildSipGenerator(folder);
  console.log(`servers on core ${serverCore}, load from core ${generatorCore}; ${rounds} x ${timing.seconds} s a row and server, median; microseconds of processor time each, kamailio · ours`);
  const chosen = rows.filter(({ label }) => label.includes(flags.only));
  const table: Array<Record<string, string>> = [];
  {
    await using kamailio = await startKamailio(folder, placesOf(7070), serverCore);
    await using ours = await startOurProxy(placesOf(7080), serverCore);
    for (const row of chosen) table.push(await measure(generator, row, kamailio, ours));
  }
  if ('memory'.includes(flags.only)) table.push(await measureMemory(generator));
  console.table(table);
} finally {
  restorePriority(priorityBefore);
  await rm(folder, { recursive: true, force: true });
}

/** Both servers in turn, so that what else the machine does hits both. */
async function measure(generator: string, { label, scenario, load }: Row, kamailio: SipServer, ours: SipServer): Promise<Record<string, string>> {
  const results: { readonly theirs: SipRun[]; readonly own: SipRun[] } = { theirs: [], own: [] };
  const run = (server: SipServer, base: number): Promise<SipRun> => runSipLoad(generator, generatorCore, scenario, placesOf(base), server.pids(), { ...timing, ...load });
  for (let round = 0; round < rounds; round += 1) {
    results.theirs.push(await run(kamailio, 7070));
    results.own.push(await run(ours, 7080));
  }
  const [theirs, own] = [median(results.theirs), median(results.own)];
  const direct = scenario === 'calls' ? await runSipLoad(generator, generatorCore, scenario, { ...placesOf(7090), serverPort: 7092 }, [], { ...timing, ...load }) : undefined;
  const pair = (value: (run: SipRun) => string): string => [theirs, own].map(value).join(' · ');
  return {
    measured: label,
    'µs each': pair((each) => costUs(each).toFixed(1)),
    ratio: (costUs(theirs) / costUs(own)).toFixed(2),
    'each second': pair((each) => (each.completed / each.seconds).toFixed(0)),
    'of a full core': pair((each) => (1e6 / costUs(each)).toFixed(0)),
    'core in use (load)': pair((each) => `${(each.serverCpuNs / 1e9 / each.seconds).toFixed(2)} (${each.generatorShare.toFixed(2)})`),
    'first answer, median · 99 %': pair(({ delayMedianUs, delay99Us }) => `${ms(delayMedianUs)} · ${ms(delay99Us)}`),
    'without a proxy': direct === undefined ? '' : ms(direct.delayMedianUs),
    'failed, repeated': pair(({ failed, retransmitted }) => `${failed}, ${retransmitted}`),
  };
}

/** Growth of a fresh server under 1,000 calls a second, and how many calls' transactions that is. */
async function measureMemory(generator: string): Promise<Record<string, string>> {
  const seconds = flags.quick ? 5 : 20;
  const load = { warmup: 0, seconds, inFlight: 1000, rate: 1000 };
  const grow = async (server: SipServer, base: number): Promise<number> => {
    const before = proportionalBytes(server.pids());
    const { completed } = await runSipLoad(generator, generatorCore, 'calls', placesOf(base), server.pids(), load);
    return (proportionalBytes(server.pids()) - before) / completed / 1000;
  };
  await using kamailio = await startKamailio(folder, placesOf(7070), serverCore);
  const theirs = await grow(kamailio, 7070);
  await using ours = await startOurProxy(placesOf(7080), serverCore);
  const own = await grow(ours, 7080);
  return { measured: `memory per call after ${seconds} s of 1,000 a second, kB`, 'µs each': `${theirs.toFixed(1)} · ${own.toFixed(1)}`, ratio: (theirs / own).toFixed(2) };
}

function proportionalBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024, 0);
}

function costUs({ serverCpuNs, completed }: SipRun): number {
  return serverCpuNs / 1000 / completed;
}

function median(runs: readonly SipRun[]): SipRun {
  const sorted = runs.toSorted((a, b) => costUs(a) - costUs(b));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}
