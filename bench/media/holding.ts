import { inParallel } from './in-parallel.ts';
import { drive, EvenPace, onCpuNs, residentBytes } from './load-driver.ts';
import type { LoadEngine } from './load-engine.ts';
import type { ForwardedRoomPlan, MediaServer } from './media-server.ts';
import { AudioSource, VideoSource } from './media-sources.ts';
import { speechFrames } from './speech.ts';

/** So that buffers have their size. */
const settleMs = 2000;
const observedMs = 3000;

/** Growth of the resident set in kB for each of `count` receivers of a picture that flows. */
export async function memoryOfReceiver(engine: LoadEngine, server: MediaServer, count: number): Promise<number> {
  const plan: ForwardedRoomPlan = { participants: count + 1, sends: (participant) => (participant === 0 ? ['vp8'] : []), receives: (participant) => (participant === 0 ? [] : [0]) };
  const before = residentBytes(server.pid);
  await using room = await server.openForwarded(engine, plan);
  await drive(engine, [new EvenPace(room.tracks.map(({ client, ssrc }) => new VideoSource(client, ssrc, 5, 1100)), 40)], settleMs);
  return (residentBytes(server.pid) - before) / 1000 / count;
}

/** Growth of the resident set in kB for each of `count` participants of a mix who all talk. */
export async function memoryOfParticipant(engine: LoadEngine, server: MediaServer, count: number): Promise<number> {
  const before = residentBytes(server.pid);
  await using room = await server.openMixed();
  const participants = await inParallel(Array.from({ length: count }), () => room.join(engine, 'opus'));
  const speech = speechFrames('opus');
  await drive(engine, [new EvenPace(participants.map(({ client, ssrc }, index) => new AudioSource(client, ssrc, 'opus', speech, index * 37)), 20)], settleMs);
  const grown = (residentBytes(server.pid) - before) / 1000 / count;
  await inParallel(participants, async (participant) => participant[Symbol.asyncDispose]());
  return grown;
}

/** Share of a core in use, in percent, while `count` rooms are open in which nobody is. */
export async function costOfEmptyRooms(engine: LoadEngine, server: MediaServer, count: number): Promise<number> {
  const rooms = await inParallel(Array.from({ length: count }), () => server.openMixed());
  const share = await observe(engine, server);
  await inParallel(rooms, async (room) => room[Symbol.asyncDispose]());
  return share;
}

/** The same while `count` participants of a mix are connected and send nothing but what keeps the connection. */
export async function costOfSilentParticipants(engine: LoadEngine, server: MediaServer, count: number): Promise<number> {
  await using room = await server.openMixed();
  const participants = await inParallel(Array.from({ length: count }), () => room.join(engine, 'opus'));
  const share = await observe(engine, server);
  await inParallel(participants, async (participant) => participant[Symbol.asyncDispose]());
  return share;
}

/** Growth of the resident set in kB over the second half of so many joins and leaves, and the time of one on the server's CPU in ms. */
export async function churn(engine: LoadEngine, server: MediaServer, joins: number): Promise<{ readonly grownKilobytes: number; readonly joinMs: number }> {
  await using room = await server.openMixed();
  const rounds = async (count: number): Promise<void> => {
    await inParallel(Array.from({ length: count }), async () => (await room.join(engine, 'opus'))[Symbol.asyncDispose]());
  };
  await rounds(Math.floor(joins / 2));
  const [before, beforeNs] = [residentBytes(server.pid), onCpuNs(server.pid)];
  await rounds(Math.ceil(joins / 2));
  return { grownKilobytes: (residentBytes(server.pid) - before) / 1000, joinMs: (onCpuNs(server.pid) - beforeNs) / 1e6 / Math.ceil(joins / 2) };
}

async function observe(engine: LoadEngine, server: MediaServer): Promise<number> {
  await drive(engine, [], settleMs);
  const before = onCpuNs(server.pid);
  await drive(engine, [], observedMs);
  return (onCpuNs(server.pid) - before) / 1e4 / observedMs;
}
