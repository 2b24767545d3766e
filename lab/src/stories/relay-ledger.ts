import assert from 'node:assert/strict';
import type { RelayUsageRow } from '@dialplane/calling-api';
import type { Capture } from '../captures/capture.ts';
import type { DialplaneServer } from '../dialplane-server.ts';
import { eventually } from '../patience.ts';

/** Bytes of payload on the peers' side of the relay. */
export interface RelayedBytes {
  readonly toPeer: number;
  readonly toClient: number;
}

/** All rows of the ledger of a call whose allocations have ended, as soon as each of them has its last row. */
export async function settledLedger(server: DialplaneServer, operatorToken: string, callId: string): Promise<readonly RelayUsageRow[]> {
  const read = async (): Promise<readonly RelayUsageRow[]> => (await server.ask('listRelayUsage', 'GET', `/v1/relay/usage?callId=${callId}`, operatorToken)).value;
  const open = (rows: readonly RelayUsageRow[]): ReturnType<typeof allocationsOf> => allocationsOf(rows).filter(([, ofAllocation]) => ofAllocation.at(-1)?.kind !== 'stopped');
  return eventually(read, (rows) => open(rows).length === 0, (rows) => `allocations that do not end: ${JSON.stringify(open(rows))}`);
}

/** The rows of each allocation, in the order of time. */
export function allocationsOf(rows: readonly RelayUsageRow[]): ReadonlyArray<readonly [allocationId: string, readonly RelayUsageRow[]]> {
  return [...Map.groupBy(rows, (row) => row.allocationId)];
}

export function sumOf(rows: readonly RelayUsageRow[]): RelayedBytes {
  return rows.reduce(({ toPeer, toClient }, row) => ({ toPeer: toPeer + row.toPeerBytes, toClient: toClient + row.toClientBytes }), { toPeer: 0, toClient: 0 });
}

/**
 * The rows of one allocation have what a capture at the server (all its interfaces) saw between its relayed addresses and its peers while it lived; within one percent, and in a short call
 * within the few packets that came before their sender was permitted. Who does not know yet that a call is over goes on sending: what came in the last moment may have been waiting for a
 * relay that ended the allocation first.
 * @param endedAtMs when it ended; without it, what its last row says, which is right to a few milliseconds except after a crash.
 */
export async function assertCharged(capture: Capture, allocation: readonly RelayUsageRow[], endedAtMs = Date.parse(allocation.at(-1)?.time ?? '') + 5): Promise<void> {
  const ledger = sumOf(allocation);
  const [least, most] = await Promise.all([seenAtRelay(capture, allocation, endedAtMs - lastMomentMs), seenAtRelay(capture, allocation, endedAtMs)]);
  for (const direction of ['toPeer', 'toClient'] as const) {
    const tolerance = Math.max(most[direction] / 100, strayBytes);
    const sentence = `${direction}: the ledger has ${ledger[direction]} bytes, tshark saw ${least[direction]}, and in the last moment ${most[direction] - least[direction]} more`;
    assert.ok(ledger[direction] >= least[direction] - tolerance && ledger[direction] <= most[direction] + tolerance, sentence);
  }
}

const lastMomentMs = 500;
const strayBytes = 1500;

async function seenAtRelay(capture: Capture, allocation: readonly RelayUsageRow[], untilMs: number): Promise<RelayedBytes> {
  const ports = new Set(allocation.flatMap((row) => row.relayedAddresses.map((address) => address.slice(address.lastIndexOf(':') + 1))));
  const datagrams = await capture.fields('udp && !icmp && !icmpv6', ['udp.srcport', 'udp.dstport', 'udp.length', 'frame.time_epoch']);
  const beganMs = Date.parse(allocation[0]?.time ?? '') - lastMomentMs;
  const lived = datagrams.filter(([, , , seconds]) => Number(seconds) * 1000 >= beganMs && Number(seconds) * 1000 <= untilMs);
  const sum = (column: 0 | 1): number => lived.reduce((bytes, datagram) => (ports.has(datagram[column] ?? '') ? bytes + Number(datagram[2]) - udpHeaderLength : bytes), 0);
  return { toPeer: sum(0), toClient: sum(1) };
}

const udpHeaderLength = 8;

/** Sound and picture of a second, far more than connectivity checks. */
export function carriedMedia({ toPeer, toClient }: RelayedBytes): boolean {
  return Math.min(toPeer, toClient) > 5_000;
}
