import { type ForwardingPoint, type ForwardingResult, LoadedRooms } from './forwarding.ts';
import { churn, costOfEmptyRooms, costOfSilentParticipants, memoryOfParticipant, memoryOfReceiver } from './holding.ts';
import type { HeardSpeech } from './heard-speech.ts';
import type { LoadEngine } from './load-engine.ts';
import type { ForwardingServer, MediaServer } from './media-server.ts';
import { LoadedMix, measureMixLatency, type MixingPoint, type MixingResult } from './mixing.ts';
import { type LossyLine, measureSoundQuality } from './sound-quality.ts';

const mixesHeard = 8;

/** A line of a table. */
export type Row = Readonly<Record<string, string>>;

export interface Timing {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** The peer, and ours. */
export interface Contest {
  readonly janus: MediaServer;
  readonly ours: MediaServer;
}

/** The peer, ours, and about the least that forwarding takes. */
export interface ForwardingContest {
  readonly janus: ForwardingServer;
  readonly ours: ForwardingServer;
  readonly floor: ForwardingServer;
}

export async function forwardingRow(engine: LoadEngine, point: ForwardingPoint, { janus, ours, floor }: ForwardingContest, timing: Timing): Promise<Row> {
  const [theirs, own, least] = await forwardInTurn(engine, point, [janus, ours, floor], timing);
  const all = (write: (result: ForwardingResult) => string): string => [theirs, own, least].map(write).join(' · ');
  return {
    'µs a packet': point.label,
    janus: theirs.costUs.toFixed(2),
    dialplane: own.costUs.toFixed(2),
    floor: least.costUs.toFixed(2),
    ratio: (own.costUs / theirs.costUs).toFixed(2),
    'floor / janus': (least.costUs / theirs.costUs).toFixed(2),
    goal: describeGoal(point.goal, own.costUs / theirs.costUs, least.costUs / theirs.costUs),
    'packets/s': all(({ packetsPerSecond }) => packetsPerSecond.toFixed(0)),
    'core in use': all(({ share }) => share.toFixed(2)),
    'ms, median': all(({ medianMs }) => medianMs.toFixed(2)),
    'ms, 99.9 %': all(({ p999Ms }) => p999Ms.toFixed(1)),
    lost: all(({ lostShare }) => `${(100 * lostShare).toFixed(1)} %`),
  };
}

export async function mixingRow(engine: LoadEngine, point: MixingPoint, { janus, ours }: Contest, timing: Timing): Promise<Row> {
  const theirs = point.besideJanus ? await measureMix(engine, janus, point, timing) : undefined;
  const own = await measureMix(engine, ours, point, timing);
  const both = (write: (result: MixingResult) => string): string => `${theirs === undefined ? '' : write(theirs)} · ${write(own)}`;
  return {
    '% of a core a participant': point.label,
    janus: theirs?.percent.toFixed(3) ?? '',
    dialplane: own.percent.toFixed(3),
    ratio: theirs === undefined ? '' : (own.percent / theirs.percent).toFixed(2),
    goal: point.goalPercent === undefined ? '' : `≤ ${point.goalPercent}${own.percent > point.goalPercent ? ' MISSED' : ''}`,
    'core in use': both(({ share }) => share.toFixed(2)),
    'packets/s each': both(({ packetsPerSecond }) => packetsPerSecond.toFixed(1)),
    'longest gap, ms': both(({ longestGapMs }) => longestGapMs.toFixed(0)),
    'audible gaps a minute': both(({ gapsPerMinute }) => gapsPerMinute.toFixed(1)),
  };
}

export async function mixLatencyRow(engine: LoadEngine, participants: number, { janus, ours }: Contest, tones: number): Promise<Row> {
  const describe = async (server: MediaServer): Promise<string> => {
    const latencies: number[] = [];
    // A mix has a rhythm of its own: in each room the speaker falls into it elsewhere.
    for (let room = 0; room < mixesHeard; room += 1) latencies.push(...(await measureMixLatency(engine, server, participants, tones)));
    const sorted = latencies.toSorted((a, b) => a - b);
    return `${sorted[sorted.length >> 1]?.toFixed(1)} (${sorted[0]?.toFixed(1)}-${sorted.at(-1)?.toFixed(1)})`;
  };
  return { 'ms through the mix, median (range)': `${participants} participants`, janus: await describe(janus), dialplane: await describe(ours), goal: '≤ 20' };
}

/** The same recording and the same lost packets for both. */
export async function soundQualityRow(engine: LoadEngine, line: LossyLine, { janus, ours }: Contest): Promise<Row> {
  const [theirs, own] = [await measureSoundQuality(engine, janus, line), await measureSoundQuality(engine, ours, line)];
  const both = (write: (heard: HeardSpeech) => string): string => `${write(theirs)} · ${write(own)}`;
  return {
    'speech through the mix': describeLine(line),
    'segmental SNR, dB': both(({ decibels }) => decibels.toFixed(1)),
    'not heard as it was said': both(({ otherShare }) => `${(100 * otherShare).toFixed(1)} %`),
  };
}

export function describeLine({ lostShare, expectedLossPercent }: LossyLine): string {
  return `${100 * lostShare} % of the packets lost${expectedLossPercent > 0 ? ', in-band FEC' : ''}`;
}

/** What is kept, and what nothing costs. The servers should be fresh. */
export async function holdingRows(engine: LoadEngine, { janus, ours }: Contest, joins: number): Promise<readonly Row[]> {
  const beside = async (label: string, measure: (server: MediaServer) => Promise<number>): Promise<Row> => {
    const [theirs, own] = [await measure(janus), await measure(ours)];
    return { held: label, janus: theirs.toFixed(2), dialplane: own.toFixed(2) };
  };
  return [
    await beside('kB for each of 100 receivers of a picture', (server) => memoryOfReceiver(engine, server, 100)),
    await beside('kB for each of 100 participants of a mix', (server) => memoryOfParticipant(engine, server, 100)),
    await beside('% of a core, 100 rooms in which nobody is', (server) => costOfEmptyRooms(engine, server, 100)),
    await beside('% of a core, 100 participants who send nothing', (server) => costOfSilentParticipants(engine, server, 100)),
    await churnRow(engine, ours, joins),
  ];
}

async function churnRow(engine: LoadEngine, ours: MediaServer, joins: number): Promise<Row> {
  const { grownKilobytes, joinMs } = await churn(engine, ours, joins);
  return { held: `kB grown over the second half of ${joins} joins and leaves (ms of CPU for each)`, janus: '', dialplane: `${grownKilobytes.toFixed(0)} (${joinMs.toFixed(2)})` };
}

async function measureMix(engine: LoadEngine, server: MediaServer, point: MixingPoint, { rounds, warmUpMs, durationMs }: Timing): Promise<MixingResult> {
  await using mix = await LoadedMix.open(engine, server, point);
  const results: MixingResult[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await mix.measure(warmUpMs, durationMs));
  return medianBy(results, ({ percent }) => percent);
}

type OfEach<Servers extends readonly ForwardingServer[], Result> = { readonly [Index in keyof Servers]: Result };

/** All servers in turn, so that what else the machine does hits each of them. */
async function forwardInTurn<const Servers extends readonly ForwardingServer[]>(engine: LoadEngine, point: ForwardingPoint, servers: Servers, { rounds, warmUpMs, durationMs }: Timing): Promise<OfEach<Servers, ForwardingResult>> {
  const loaded: { readonly rooms: LoadedRooms; readonly results: ForwardingResult[] }[] = [];
  for (const server of servers) loaded.push({ rooms: await LoadedRooms.open(engine, server, point), results: [] });
  for (let round = 0; round < rounds; round += 1) {
    for (const { rooms, results } of loaded) results.push(await rooms.measure(warmUpMs, durationMs));
  }
  for (const { rooms } of loaded) await rooms.close();
  return loaded.map(({ results }) => medianBy(results, ({ costUs }) => costUs)) as OfEach<Servers, ForwardingResult>;
}

function describeGoal(goal: number | undefined, ratio: number, floorRatio: number): string {
  if (goal === undefined) return '';
  if (ratio <= goal) return `≤ ${goal}`;
  return `≤ ${goal} MISSED${floorRatio > goal ? ', below the floor' : ''}`;
}

function medianBy<Result>(results: readonly Result[], by: (result: Result) => number): Result {
  const middle = results.toSorted((a, b) => by(a) - by(b))[results.length >> 1];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
