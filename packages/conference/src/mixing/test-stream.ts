import { instant, seededRandomness } from '@dialplane/sansio';
import { JitterBuffer, jitterStep } from './jitter-buffer.ts';
import type { BufferedPacket } from './packet-places.ts';

const clockRate = 48_000;
const frameMs = 20;
const frameUnits = 960;

export interface Line {
  readonly seed?: number;
  /** Milliseconds on the way, of the packet that is sent at this time. */
  readonly delayMs: (sentAt: number, chance: number) => number;
  /** Share of packets that are lost. */
  readonly loss?: number;
  /** Whether the sender sends at this time, by default always; timestamps go on. */
  readonly isSending?: (sentAt: number) => boolean;
  readonly level?: (sentAt: number) => number;
  /** Whether packets say how loud they are; otherwise it is found out when they are played. */
  readonly levels?: 'told' | 'measured';
  readonly hasRedundancy?: boolean;
  /** How much later than it arrived the buffer gets a packet. */
  readonly handoverMs?: number;
  /** Where in 20 ms the mixer's tick is. */
  readonly phaseMs?: number;
  /** Of the sender's clock, parts per million. */
  readonly driftPpm?: number;
  readonly seconds?: number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
}

export interface Heard {
  /** One letter for each tick: `p`acket, `r`edundancy, `c`oncealment, `.` nothing. */
  readonly steps: string;
  /** Sequence numbers played, in order. */
  readonly played: readonly number[];
  /** Of each packet that was played, how long it was in the buffer. */
  readonly waitedMs: readonly number[];
  readonly sent: number;
  readonly buffer: JitterBuffer;
  /** Payload places that nobody has given back: a leak. */
  readonly kept: number;
}

/** Sends packets of 20 ms over a line into a buffer that is asked every 20 ms, in virtual time. */
export function hear(line: Line): Heard {
  const { seed = 1, seconds = 20, loss = 0, phaseMs = 7, handoverMs = 0, driftPpm = 0, firstSequence = 65_500, firstTimestamp = 0x7fff_0000 } = line;
  const randomness = seededRandomness(seed);
  const chance = (): number => randomness.nextUint32() / 2 ** 32;
  const levelAt = (sentAt: number): number => line.level?.(sentAt) ?? 30;
  const held = new Set<number>();
  const buffer = new JitterBuffer({ clockRate, hasRedundancy: line.hasRedundancy ?? false, release: (payload) => held.delete(payload) });
  const arrivals: { at: number; packet: BufferedPacket }[] = [];
  let sequence = firstSequence;
  for (let index = 0; index * frameMs < seconds * 1000; index += 1) {
    const sentAt = index * frameMs * (1 + driftPpm / 1e6);
    if (line.isSending?.(sentAt) === false) continue;
    const packet = { sequenceNumber: sequence & 0xffff, timestamp: (firstTimestamp + index * frameUnits) | 0, duration: frameUnits, level: line.levels === 'measured' ? -1 : levelAt(sentAt), payload: sequence };
    if (chance() >= loss) arrivals.push({ at: sentAt + line.delayMs(sentAt, chance()), packet });
    sequence += 1;
  }
  arrivals.sort((a, b) => a.at - b.at);
  const arrivedAt = new Map<number, number>();
  const [played, waitedMs]: [number[], number[]] = [[], []];
  let steps = '';
  let next = 0;
  for (let tickAt = phaseMs; tickAt < seconds * 1000 + 2000; tickAt += frameMs) {
    for (let arrival = arrivals[next]; arrival !== undefined && arrival.at + handoverMs <= tickAt; arrival = arrivals[(next += 1)]) {
      arrivedAt.set(arrival.packet.payload, arrival.at);
      if (buffer.insert(arrival.packet, instant(arrival.at))) held.add(arrival.packet.payload);
    }
    const step = buffer.take(instant(tickAt));
    steps += '.prc'[step];
    if (step !== jitterStep.packet) continue;
    played.push(buffer.payload);
    waitedMs.push(tickAt - (arrivedAt.get(buffer.payload) ?? 0));
    held.delete(buffer.payload);
    if (line.levels === 'measured') buffer.measuredLevel = levelAt((buffer.payload - firstSequence) * frameMs);
  }
  return { steps, played, waitedMs, sent: sequence - firstSequence, buffer, kept: held.size };
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
