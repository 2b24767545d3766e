/**
 * What a telephone call costs the back-to-back user agent to set up and tear down: sipp calls sipp through the SIP edge, telephony's user agents and a media process with an RTP leg for each side.
 * `--only TEXT` takes the rows whose label contains it, `--calls N` calls are measured in each. See README.md for how to read it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { followProcess } from '@dialplane/testing';
import { b2buaBench } from './b2bua/b2bua-bench-options.ts';
import { differenceOf, readProcessorTime, type ProcessorTime } from './b2bua/processor-time.ts';
import { makeCalls, startCallee, type CallLoad } from './b2bua/sipp.ts';
import { raisePriority, restorePriority } from './priority.ts';
import { serverFlags } from './server-flags.ts';

interface Row {
  readonly label: string;
  readonly load: Pick<CallLoad, 'perSecond' | 'atOnce' | 'holdMs'>;
}

const rows: readonly Row[] = [
  { label: 'hung up at once, 50 at a time', load: { perSecond: 5_000, atOnce: 50, holdMs: 0 } },
  { label: 'hung up at once, 50 a second', load: { perSecond: 50, atOnce: 500, holdMs: 0 } },
  { label: 'held for 200 ms, 50 a second', load: { perSecond: 50, atOnce: 500, holdMs: 200 } },
];

const { values: flags } = parseArgs({ options: { calls: { type: 'string', default: '1000' }, only: { type: 'string', default: '' } } });
const calls = Number(flags.calls);
const ports = { server: 7160, caller: 7161, callee: 7162 };
/** Until what is compiled while it runs is compiled. */
const warmUpCalls = 6_000;
const idleMs = 2_000;

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-b2bua-'));
const priorityBefore = raisePriority();
const server = spawn(process.execPath, [...serverFlags, join(import.meta.dirname, 'b2bua/start-our-b2bua.ts'), ...[ports.server, ports.caller, ports.callee].map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
const callee = startCallee(folder, ports.callee);
try {
  await followProcess(server, 'the server').line(/^ready$/);
  const target = { port: ports.caller, target: ports.server, number: b2buaBench.ourNumber };
  await makeCalls(folder, { ...target, calls: warmUpCalls, perSecond: 5_000, atOnce: 50, holdMs: 0 });
  const idle = await idleTime();
  console.log(`${calls} calls a row; ms of processor time a call, without what the server uses while it is idle (${((together(idle) / idleMs) * 100).toFixed(1)} % of a core); Asterisk on such a machine: 2.3 ms`);
  const table: Array<Record<string, string>> = [];
  for (const { label, load } of rows.filter((row) => row.label.includes(flags.only))) {
    const before = readProcessorTime(server.pid ?? 0);
    const startedAt = performance.now();
    const wentThrough = await makeCalls(folder, { ...target, ...load, calls });
    const elapsedMs = performance.now() - startedAt;
    const used = differenceOf(readProcessorTime(server.pid ?? 0), before);
    const perCall = (part: keyof ProcessorTime): number => Math.max(0, used[part] - (idle[part] * elapsedMs) / idleMs) / calls;
    const [signaling, media] = [perCall('signalingMs'), perCall('mediaMs')];
    table.push({
      call: label, 'SIP and user agents': signaling.toFixed(2), 'media processes': media.toFixed(2), together: (signaling + media).toFixed(2), 'calls each second': ((calls * 1000) / elapsedMs).toFixed(0),
      'cores in use': (together(used) / elapsedMs).toFixed(2), 'went through': wentThrough ? 'all' : 'SOME FAILED',
    });
  }
  console.table(table);
} finally {
  restorePriority(priorityBefore);
  server.kill('SIGKILL');
  callee.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

async function idleTime(): Promise<ProcessorTime> {
  // What the calls before have left to do: transactions end by themselves, and garbage is collected.
  await delay(1_000);
  const before = readProcessorTime(server.pid ?? 0);
  await delay(idleMs);
  return differenceOf(readProcessorTime(server.pid ?? 0), before);
}

function together({ signalingMs, mediaMs }: ProcessorTime): number {
  return signalingMs + mediaMs;
}
