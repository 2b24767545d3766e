/**
 * What one thing that happens in a group call costs the server, by how many are in it: every member has an open event stream over
 * plain HTTP/1.1, and a thing is over when the last of them has heard of it. See README.md for how to read the table.
 */
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventReader, patch, post } from './json-client.ts';
import { pinSelf } from './measured-process.ts';
import { startServer, type ServerProcess } from './server-process.ts';

const measuredCore = 0;
const generatorCore = 1;
const sizes = [10, 100, 350];
const times = 20;

interface Member {
  readonly token: string;
  readonly endpointId: string;
  readonly events: EventReader;
}

/** A call in which everybody is. */
interface Gathering {
  readonly server: ServerProcess;
  readonly callId: string;
  readonly groupId: string;
  /** Who does things. */
  readonly first: Member;
  readonly others: readonly Member[];
}

/** Something that happens in a call, and the event by which the others hear of it. */
interface Happening {
  readonly name: string;
  readonly event: string;
  perform(gathering: Gathering, turn: number): Promise<unknown>;
}

const happenings: readonly Happening[] = [
  { name: 'one mutes or unmutes', event: 'participantsUpdated', perform: ({ server, callId, first }, turn) => patch(server.base, `/v1/calls/${callId}/self`, first.token, { endpointId: first.endpointId, isMuted: turn % 2 === 0 }) },
  { name: 'a reaction', event: 'reactionReceived', perform: ({ server, callId, first }) => command(server, `/v1/calls/${callId}/reactions`, first, { reactionType: 'like' }) },
  {
    name: 'a message of 100 bytes to all', event: 'messageReceived',
    perform: ({ server, callId, first }, turn) => command(server, `/v1/calls/${callId}/messages`, first, { channelId: 1, sequenceNumber: turn, data: Buffer.alloc(100).toString('base64') }),
  },
  {
    name: 'one leaves, or comes back', event: 'participantsUpdated',
    perform: ({ server, callId, groupId, first }, turn) =>
      turn % 2 === 0 ? command(server, `/v1/calls/${callId}:hangUp`, first, {}) : command(server, '/v1/calls:join', first, { locator: { groupId } }),
  },
];

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
try {
  pinSelf(generatorCore);
  const rows: Array<Record<string, string>> = [];
  for (const size of sizes) rows.push(...(await measure(size)));
  console.log(`server on core ${measuredCore}, load on core ${generatorCore}; processor time of the server, and how long until the last member has the event (medians of ${times})`);
  console.table(rows);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(size: number): Promise<Array<Record<string, string>>> {
  await using server = await startServer(join(folder, `data-${size}`), measuredCore, 'on');
  const members = await register(server, size);
  const [first, ...others] = members;
  if (first === undefined) throw new Error('nobody could be registered');
  const groupId = randomUUID();
  const cpuBefore = server.cpuMs();
  const from = performance.now();
  const answers = await Promise.all(members.map((member) => command(server, '/v1/calls:join', member, { locator: { groupId } })));
  const { callId } = JSON.parse(answers[0] ?? '') as { callId: string };
  const gathering = { server, callId, groupId, first, others };
  await settle(gathering);
  const rows = [row(size, 'each of all who join at once', (server.cpuMs() - cpuBefore) / size, performance.now() - from)];
  for (const happening of happenings) rows.push(await measureHappening(gathering, happening));
  for (const { events } of members) events.close();
  return rows;
}

async function measureHappening(gathering: Gathering, { name, event, perform }: Happening): Promise<Record<string, string>> {
  const { server, others } = gathering;
  for (const turn of [0, 1]) await perform(gathering, turn);
  await settle(gathering);
  const cpuBefore = server.cpuMs();
  const durations: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const from = performance.now();
    await Promise.all([perform(gathering, turn), ...others.map(({ events }) => events.until(event))]);
    durations.push(performance.now() - from);
  }
  return row(others.length + 1, name, (server.cpuMs() - cpuBefore) / times, durations.sort((a, b) => a - b)[times / 2] ?? 0);
}

/** Resolves when everybody has had every event so far: the marker comes behind them. */
async function settle({ server, callId, first, others }: Gathering): Promise<void> {
  const data = randomUUID().replaceAll('-', '');
  await command(server, `/v1/calls/${callId}/messages`, first, { channelId: 0, sequenceNumber: 0, data });
  await Promise.all(others.map(({ events }) => events.until('messageReceived', data)));
}

function command({ base }: ServerProcess, path: string, { token, endpointId }: Member, body: object): Promise<string> {
  return post(base, path, token, { endpointId, ...body });
}

/** Makes users as an application's server does (unmodified Azure package), registers them, and opens their event streams. */
async function register({ base, accessKey }: ServerProcess, count: number): Promise<readonly Member[]> {
  const identity = new CommunicationIdentityClient(`endpoint=${base}/;accesskey=${accessKey}`, { allowInsecureConnection: true });
  const members: Member[] = [];
  for (let index = 0; index < count; index += 1) {
    const { token } = await identity.createUserAndToken(['voip']);
    const { endpointId } = JSON.parse(await post(base, '/v1/endpoints', token, { displayName: `Person ${index}` })) as { endpointId: string };
    members.push({ token, endpointId, events: await EventReader.open(base, `/v1/endpoints/${endpointId}/events`, token) });
  }
  return members;
}

function row(size: number, what: string, cpuMs: number, latencyMs: number): Record<string, string> {
  return { members: String(size), what, 'processor time': `${cpuMs.toFixed(1)} ms`, 'until all know': `${latencyMs.toFixed(0)} ms` };
}
