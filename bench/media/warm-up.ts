import { type ForwardingPoint, forwardingPoints, LoadedRooms } from './forwarding.ts';
import type { LoadEngine } from './load-engine.ts';
import type { ForwardingServer } from './media-server.ts';
import type { Row, Timing } from './rows.ts';

/** What is measured in each round, and what is only driven: as much as goes through, so that what happens a few times a second in an ordinary room happens often. */
const measured = ['a picture to 50, real rate', 'sound to 50, real rate'].map(pointOf);
const driven = ['10 rooms, a picture to 10, saturated', 'sound to 100, saturated'].map(pointOf);
/** Another round is worth it as long as one costs less than this part of the least before it. */
const stillFalling = 0.97;

export interface WarmUpOptions {
  readonly openEngine: (pathFeedback: LoadEngine['pathFeedback']) => LoadEngine;
  readonly timing: Timing;
  /** Where costs go on falling. */
  readonly mostRounds: number;
}

/** What a server was like. */
interface WarmedServer {
  readonly title: string;
  readonly rounds: number;
  /** Processor time a packet, of each measured load: in its first seconds, and in the last round. */
  readonly firstUs: readonly number[];
  readonly lastUs: readonly number[];
}

/**
 * Has servers run under load of all kinds (sound and pictures, as much as goes through and at real rates, people who come and go, checks, reports and feedback) until what they cost falls no
 * further: media servers run for days, and compile as they go. @returns A table of what they cost in their first seconds, and then.
 */
export async function warmUpForwarding(servers: readonly ForwardingServer[], options: WarmUpOptions): Promise<readonly Row[]> {
  const warmed: WarmedServer[] = [];
  for (const server of servers) warmed.push(await warmUp(server, options));
  return measured.map(({ label }, index) => ({
    'µs a packet, in the first seconds → warm': label,
    ...Object.fromEntries(warmed.map(({ title, rounds, firstUs, lastUs }) => [`${title}, ${rounds} rounds`, `${firstUs[index]?.toFixed(1)} → ${lastUs[index]?.toFixed(1)}`])),
  }));
}

async function warmUp(server: ForwardingServer, options: WarmUpOptions): Promise<WarmedServer> {
  const rounds: Array<readonly number[]> = [];
  for (let leastUs = Infinity; rounds.length < options.mostRounds; ) {
    const costsUs: number[] = [];
    for (const point of measured) costsUs.push(await load(server, point, options));
    for (const point of driven) await load(server, point, options);
    rounds.push(costsUs);
    const sumUs = costsUs.reduce((sum, costUs) => sum + costUs, 0);
    if (sumUs > stillFalling * leastUs) break;
    leastUs = sumUs;
  }
  return { title: server.title, rounds: rounds.length, firstUs: rounds[0] ?? [], lastUs: rounds.at(-1) ?? [] };
}

async function load(server: ForwardingServer, point: ForwardingPoint, { openEngine, timing: { warmUpMs, durationMs } }: WarmUpOptions): Promise<number> {
  using engine = openEngine(point.pathFeedback);
  const rooms = await LoadedRooms.open(engine, server, point);
  const { costUs } = await rooms.measure(warmUpMs, durationMs);
  await rooms.close();
  return costUs;
}

function pointOf(label: string): ForwardingPoint {
  const point = forwardingPoints.find((one) => one.label === label);
  if (point === undefined) throw new Error(`no load is called "${label}"`);
  return point;
}
