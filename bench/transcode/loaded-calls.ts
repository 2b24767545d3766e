import { onCpuNs } from '../media/load-driver.ts';
import type { CallServer } from './call-server.ts';
import { describe, makeKey, readDescription, recordedPayloads, type TelephoneCodec } from './telephone.ts';
import { TelephoneLoad } from './telephone-load.ts';

export interface CallPoint {
  readonly label: string;
  readonly calls: number;
  readonly from: TelephoneCodec;
  readonly to: TelephoneCodec;
  /** The second telephone encrypts. */
  readonly isSecured: boolean;
  /** Of rtpengine's processor time. */
  readonly goal: number;
}

export const callPoints: readonly CallPoint[] = [
  { label: 'PCMU, plain', calls: 400, from: 'PCMU', to: 'PCMU', isSecured: false, goal: 1 },
  { label: 'PCMU, plain and SRTP', calls: 400, from: 'PCMU', to: 'PCMU', isSecured: true, goal: 1 },
  { label: 'PCMU, plain', calls: 100, from: 'PCMU', to: 'PCMU', isSecured: false, goal: 1 },
  { label: 'PCMU and PCMA', calls: 100, from: 'PCMU', to: 'PCMA', isSecured: false, goal: 1 },
  { label: 'PCMU and PCMA', calls: 400, from: 'PCMU', to: 'PCMA', isSecured: false, goal: 1 },
  { label: 'PCMU and G.722', calls: 100, from: 'PCMU', to: 'G722', isSecured: false, goal: 1 },
  { label: 'PCMU and Opus', calls: 30, from: 'PCMU', to: 'opus', isSecured: false, goal: 0.5 },
];

export interface Timing {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export interface Measured {
  /** Processor time of the server for each packet that came out of it. */
  readonly costUs: number;
  readonly share: number;
  readonly packetsPerSecond: number;
  /** Of the packets that were sent. */
  readonly delivered: number;
  readonly latestMs: number;
}

/** Sets up the calls of a point, lets everybody talk, and hangs up. The median of the rounds. */
export async function measureCalls(server: CallServer, host: string, { calls, from, to, isSecured }: CallPoint, { rounds, warmUpMs, durationMs }: Timing): Promise<Measured> {
  using load = new TelephoneLoad(host);
  const payloads = { from: recordedPayloads(from), to: recordedPayloads(to) };
  for (let call = 0; call < calls; call += 1) {
    const [first, second] = [load.add(from, payloads.from), load.add(to, payloads.to)];
    const key = isSecured ? makeKey() : undefined;
    const answered = await server.connect({
      offer: describe(from, host, first.port, undefined),
      from, to, isSecured,
      answer: (offer) => {
        const offered = readDescription(offer);
        load.connect(second, offered, key);
        return describe(to, host, second.port, key === undefined || offered.crypto === undefined ? undefined : { tag: offered.crypto.tag, key });
      },
    });
    load.connect(first, readDescription(answered), undefined);
  }
  const results: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measureOnce(load, server, calls, warmUpMs, durationMs));
  await server.hangUp();
  const median = results.toSorted((a, b) => a.costUs - b.costUs)[results.length >> 1];
  if (median === undefined) throw new Error('nothing was measured');
  return median;
}

async function measureOnce(load: TelephoneLoad, { pids }: CallServer, calls: number, warmUpMs: number, durationMs: number): Promise<Measured> {
  const onCpu = (): number => pids.reduce((sum, pid) => sum + onCpuNs(pid), 0);
  await load.talk(warmUpMs);
  const { packets, refused } = load.arrivals;
  const [startMs, startNs] = [performance.now(), onCpu()];
  await load.talk(durationMs);
  const [seconds, serverNs] = [(performance.now() - startMs) / 1000, onCpu() - startNs];
  if (load.arrivals.refused > refused) throw new Error(`${load.arrivals.refused - refused} packets were not what was agreed`);
  const arrived = load.arrivals.packets - packets;
  return { costUs: serverNs / 1000 / arrived, share: serverNs / 1e9 / seconds, packetsPerSecond: arrived / seconds, delivered: arrived / (seconds * calls * 100), latestMs: load.latestMs };
}
