/**
 * What a telephone call costs the back-to-back user agent to set up and tear down: sipp calls sipp through the SIP edge, telephony's user agents and a media process with an RTP leg for each side. `--calls N`, `--rate N`.
 * See README.md for how to read it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { b2buaBench } from './b2bua/b2bua-bench-options.ts';
import { makeCalls, startCallee } from './b2bua/sipp.ts';
import { raisePriority, restorePriority } from './priority.ts';

const { values: flags } = parseArgs({ options: { calls: { type: 'string', default: '1000' }, rate: { type: 'string', default: '50' } } });
const [calls, perSecond] = [Number(flags.calls), Number(flags.rate)];
const ports = { server: 7160, caller: 7161, callee: 7162 };
const holdMs = 200;
/** Clock ticks per second in /proc (USER_HZ). */
const ticksPerSecond = 100;

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-b2bua-'));
const priorityBefore = raisePriority();
const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'b2bua/start-our-b2bua.ts'), ...[ports.server, ports.caller, ports.callee].map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
const callee = startCallee(folder, ports.callee);
try {
  await once(createInterface({ input: server.stdout }), 'line');
  const load = { port: ports.caller, target: ports.server, number: b2buaBench.ourNumber, perSecond, holdMs };
  await makeCalls(folder, { ...load, calls: 300 });
  const before = cpuMs();
  const wentThrough = await makeCalls(folder, { ...load, calls });
  const after = cpuMs();
  console.log(`${calls} calls, ${perSecond} a second, each held for ${holdMs} ms; ${wentThrough ? 'all went through' : 'SOME FAILED'}; Asterisk on such a machine: 2.3 ms a call`);
  console.table(Object.keys(before).map((part) => ({ part, 'ms of processor time a call': (((after[part] ?? 0) - (before[part] ?? 0)) / calls).toFixed(2) })));
} finally {
  restorePriority(priorityBefore);
  server.kill('SIGKILL');
  callee.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

/** Of the process with SIP and the books, of its media processes, and of all. */
function cpuMs(): Readonly<Record<string, number>> {
  const pid = server.pid ?? 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter((text) => text !== '').map(Number);
  const [own, media] = [used(pid), children.reduce((sum, child) => sum + used(child), 0)];
  return { 'SIP and user agents': own, 'media processes': media, together: own + media };
}

function used(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
