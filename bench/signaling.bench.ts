/**
 * What signaling costs: complete calls (start, ring, answer, hang up, every event delivered over an open event stream) on one
 * core, and the memory of an idle event stream. Beside it, in the same run and with the same bodies, fastify with nothing
 * behind it. See README.md for how to read the table.
 */
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCall, makeCallsFor, type Member } from './signaling/call-load.ts';
import { EventReader, post } from './json-client.ts';
import { pinSelf, startMeasured, type MeasuredProcess } from './measured-process.ts';
import { startServer, type ServerProcess } from './server-process.ts';

const measuredCore = 0;
const generatorCore = 1;
const pairCount = 64;
/** V8 compiles and collects beside the calls: on a busy machine its threads took 0.3 ms a call from the 8th to the 13th second of load, 0.1 ms after the 18th. */
const warmUpMs = 18_000;
const measuredMs = 10_000;
const idleStreams = 5000;
const endpointsPerUser = 20;
/** Below the limit of connections that wait to be accepted. */
const openAtOnce = 50;

interface Figures {
  readonly callsPerSecond: number;
  readonly cpuMsPerCall: number;
  /** What a core does when it does nothing else: from the processor time of a call. */
  readonly callsPerFullCore: number;
  /** Share of the core that was in use, to see whether the server or the load was the limit. */
  readonly coreInUse: number;
  readonly residentBytesPerStream: number;
  readonly scriptBytesPerStream: number;
}

/** A server under measurement: how somebody comes to be registered on it. */
interface Candidate {
  readonly base: string;
  readonly process: MeasuredProcess;
  readonly register: (count: number) => Promise<ReadonlyArray<Omit<Member, 'events'>>>;
}

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
try {
  pinSelf(generatorCore);
  const dialplane = await measureDialplane();
  const floor = await measureFloor();
  print(dialplane, floor);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureDialplane(): Promise<Figures> {
  await using server = await startServer(join(folder, 'data'), measuredCore);
  const { base } = server;
  const candidate = { base, process: server, register: (count: number) => registerAt(server, count) };
  const [caller, callee] = await open(base, await registerAt(server, 2));
  if (caller === undefined || callee === undefined) throw new Error('nobody could be registered');
  await writeFile(join(folder, 'transcript.json'), JSON.stringify(await makeCall(base, caller, callee)));
  return await measure(candidate);
}

async function measureFloor(): Promise<Figures> {
  await using server = startMeasured(join(import.meta.dirname, 'signaling/bare-server.ts'), [join(folder, 'transcript.json')], measuredCore);
  const [, base = ''] = await server.line(/^listening on (.*)$/);
  let registered = 0;
  const register = (count: number): Promise<ReadonlyArray<Omit<Member, 'events'>>> =>
    Promise.resolve(Array.from({ length: count }, () => ({ rawId: '8:acs:bare_user', token: 'none', endpointId: String(registered++) })));
  return await measure({ base, process: server, register });
}

async function measure({ base, process: server, register }: Candidate): Promise<Figures> {
  const members = await open(base, await register(2 * pairCount));
  const pairs = members.flatMap((caller, index): Array<readonly [Member, Member]> => {
    const callee = members[index + 1];
    return index % 2 === 0 && callee !== undefined ? [[caller, callee]] : [];
  });
  await makeCallsFor(base, pairs, warmUpMs);
  const cpuBefore = server.cpuMs();
  const from = performance.now();
  const calls = await makeCallsFor(base, pairs, measuredMs);
  const elapsedMs = performance.now() - from;
  const cpuMs = server.cpuMs() - cpuBefore;

  const idle = await register(idleStreams);
  const before = await server.memory();
  const readers = await open(base, idle);
  const after = await server.memory();
  for (const member of [...members, ...readers]) member.events.close();
  return {
    callsPerSecond: (calls * 1000) / elapsedMs,
    cpuMsPerCall: cpuMs / calls,
    callsPerFullCore: (1000 * calls) / cpuMs,
    coreInUse: cpuMs / elapsedMs,
    residentBytesPerStream: (after.residentBytes - before.residentBytes) / idleStreams,
    scriptBytesPerStream: (after.scriptBytes - before.scriptBytes) / idleStreams,
  };
}

/** Makes users as an application's server does (unmodified Azure package), and registers their endpoints. */
async function registerAt(server: ServerProcess, count: number): Promise<ReadonlyArray<Omit<Member, 'events'>>> {
  const identity = new CommunicationIdentityClient(`endpoint=${server.base}/;accesskey=${server.accessKey}`, { allowInsecureConnection: true });
  const perUser = count > 2 * pairCount ? endpointsPerUser : 1;
  const members: Array<Omit<Member, 'events'>> = [];
  while (members.length < count) {
    const { user, token } = await identity.createUserAndToken(['voip']);
    for (let index = 0; index < Math.min(perUser, count - members.length); index += 1) {
      const { endpointId } = JSON.parse(await post(server.base, '/v1/endpoints', token, {})) as { endpointId: string };
      members.push({ rawId: user.communicationUserId, token, endpointId });
    }
  }
  return members;
}

async function open(base: string, members: ReadonlyArray<Omit<Member, 'events'>>): Promise<readonly Member[]> {
  const opened: Member[] = [];
  for (let from = 0; from < members.length; from += openAtOnce) {
    const batch = members.slice(from, from + openAtOnce);
    opened.push(...(await Promise.all(batch.map(async (member) => Object.assign({ events: await EventReader.open(base, `/v1/endpoints/${member.endpointId}/events`, member.token) }, member)))));
  }
  return opened;
}

function print(dialplane: Figures, floor: Figures): void {
  const row = (label: string, key: keyof Figures, format: (value: number) => string): Record<string, string> => ({
    measured: label, dialplane: format(dialplane[key]), 'bare fastify': format(floor[key]), ratio: (dialplane[key] / floor[key]).toFixed(2),
  });
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(`${pairCount} pairs of people at once, plain HTTP/1.1, server on core ${measuredCore}, load on core ${generatorCore}, ${measuredMs / 1000} s; ${idleStreams} idle streams`);
  console.table([
    row('complete calls per second in this run', 'callsPerSecond', (value) => value.toFixed(0)),
    row('share of its core in use meanwhile', 'coreInUse', (value) => `${(value * 100).toFixed(0)} %`),
    row('processor time per call', 'cpuMsPerCall', (value) => `${value.toFixed(2)} ms`),
    row('complete calls per second of a full core', 'callsPerFullCore', (value) => value.toFixed(0)),
    row('memory per idle stream, resident', 'residentBytesPerStream', kilobytes),
    row('memory per idle stream, heap and buffers', 'scriptBytesPerStream', kilobytes),
  ]);
}
