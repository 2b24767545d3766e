import { readUint16 } from '../big-endian.ts';
import { notReceived } from './rtcp-packet.ts';

/** More packets than any receiver tells of at once: what a stranger's run length may cost. */
const mostArrivals = 4096;

/** Symbols of the status chunks (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1.1). */
export const packetStatus = { notReceived: 0, smallDelta: 1, largeDelta: 2 } as const;

/**
 * Reads status chunks (§3.1.2 to §3.1.4) and receive deltas (§3.1.5): per packet its arrival in 250 us after the reference time. `undefined` where the chunks do
 * not cover `count` packets, the deltas are too few, or `count` is more than anyone may claim.
 */
export function readArrivals(bytes: Uint8Array, from: number, end: number, count: number): number[] | undefined {
  if (count > mostArrivals) return undefined;
  const arrivals: number[] = [];
  const deltasAt = readStatuses(bytes, from, end, count, arrivals);
  return deltasAt < 0 ? undefined : readDeltas(bytes, deltasAt, end, arrivals);
}

/** Adds one symbol for each of `count` packets to `statuses`; where the deltas begin, or -1 where the chunks end too early. */
function readStatuses(bytes: Uint8Array, from: number, end: number, count: number, statuses: number[]): number {
  let at = from;
  for (; statuses.length < count; at += 2) {
    if (at + 2 > end) return -1;
    const chunk = readUint16(bytes, at);
    const isRun = chunk >>> 15 === 0;
    const bits = (chunk & 0x4000) === 0 ? 1 : 2;
    const length = isRun ? chunk & 0x1fff : 14 / bits;
    if (length === 0) return -1;
    for (let index = 0; index < length && statuses.length < count; index += 1) {
      statuses.push(isRun ? (chunk >>> 13) & 3 : (chunk >>> (14 - bits * (index + 1))) & (bits === 1 ? 1 : 3));
    }
  }
  return at;
}

/** Replaces statuses by arrivals. The reserved symbol 3 counts as not received. */
function readDeltas(bytes: Uint8Array, from: number, end: number, arrivals: number[]): number[] | undefined {
  let at = from;
  let arrival = 0;
  for (let packet = 0; packet < arrivals.length; packet += 1) {
    const status = arrivals[packet];
    if (status !== packetStatus.smallDelta && status !== packetStatus.largeDelta) {
      arrivals[packet] = notReceived;
      continue;
    }
    if (at + status > end) return undefined;
    arrival += status === packetStatus.smallDelta ? (bytes[at] ?? 0) : (readUint16(bytes, at) << 16) >> 16;
    arrivals[packet] = arrival;
    at += status;
  }
  return arrivals;
}
