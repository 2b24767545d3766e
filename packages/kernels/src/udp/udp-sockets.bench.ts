/**
 * What a datagram costs that is received and sent back: the native sockets beside a plain `node:dgram` echo, on core 1, in one run. The load
 * (core 0) keeps a window of datagrams under way, or sends them evenly.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EchoLoad, LoadGenerator } from './test-echo-load.ts';

const serverCore = '1';
const loadCore = '0';
const warmUpMs = 200;
const measuredMs = 1000;
const rounds = 3;

interface Server {
  readonly title: string;
  readonly words: readonly string[];
}

const loads: readonly EchoLoad[] = [160, 1200].flatMap((bytes) => [
  { title: `${bytes} B, 256 flows, 1 in flight each`, bytes, sockets: 256, burst: 1 },
  { title: `${bytes} B, 64 flows, bursts of 8`, bytes, sockets: 64, burst: 8 },
  { title: `${bytes} B, 50 flows, 5,000 a second`, bytes, sockets: 50, burst: 1, rate: 5000 },
]);
const peer: Server = { title: 'node:dgram', words: ['node'] };
const ours: readonly Server[] = [{ title: 'native', words: ['native'] }, { title: 'native, 1 ms', words: ['native', '1000'] }, { title: 'twin', words: ['dgram'] }];

spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', loadCore, String(process.pid)]);
const table: Record<string, string>[] = [];
for (const load of loads) {
  const [floor = 0, ...costs] = await measure(load);
  const row: Record<string, string> = { 'echo, µs of processor time a datagram': load.title, [peer.title]: floor.toFixed(2) };
  for (const [index, { title }] of ours.entries()) row[title] = `${costs[index]?.toFixed(2)} (${((costs[index] ?? 0) / floor).toFixed(2)})`;
  table.push(row);
}
console.table(table);

/** Median cost of one echo in microseconds, of the peer and of ours: in turn, so that what else the machine does hits all of them. */
async function measure(load: EchoLoad): Promise<readonly number[]> {
  const servers = await Promise.all([peer, ...ours].map(async ({ words }) => {
    const child = spawn('taskset', ['--cpu-list', serverCore, process.execPath, join(import.meta.dirname, 'test-echo-server.ts'), ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, pid: child.pid ?? 0, port: Number(String(line)), costs: [] as number[] };
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { pid, port, costs } of servers) costs.push(await runLoad(load, port, pid));
  }
  for (const { child } of servers) child.kill();
  return servers.map(({ costs }) => costs.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
}

async function runLoad(load: EchoLoad, port: number, pid: number): Promise<number> {
  const generator = new LoadGenerator(load, port);
  await generator.start();
  await generator.runFor(warmUpMs);
  const [nanosecondsBefore, echoesBefore] = [onCpu(pid), generator.echoes];
  await generator.runFor(measuredMs);
  const cost = (onCpu(pid) - nanosecondsBefore) / 1000 / (generator.echoes - echoesBefore);
  generator.stop();
  return cost;
}

/** Time on CPU of all threads of a process, in nanoseconds. */
function onCpu(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]), 0);
}
