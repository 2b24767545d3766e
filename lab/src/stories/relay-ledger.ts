import assert from 'node:assert/strict';
import type { RelayUsageRow } from '@dialplane/calling-api';
import type { Capture } from '../capture.ts';
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
  return eventually(read, (rows) => open(rows).length === 0, patienceMs, (rows) => `allocations that do not end: ${JSON.stringify(open(rows))}`);
}

const patienceMs = 20_000;

/** The rows of each allocation, in the order of time. */
export function allocationsOf(rows: readonly RelayUsageRow[]): ReadonlyArray<readonly [allocationId: string, readonly RelayUsageRow[]]> {
  return [...Map.groupBy(rows, (row) => row.allocationId)];
}

export function sumOf(rows: readonly RelayUsageRow[]): RelayedBytes {
  return rows.reduce(({ toPeer, toClient }, row) => ({ toPeer: toPeer + row.toPeerBytes, toClient: toClient + row.toClientBytes }), { toPeer: 0, toClient: 0 });
}

/**
 * What a capture at the server (all its interfaces) saw between the relayed addresses of one allocation and its peers while it lived: who does not know yet that a
 * call is over goes on sending to it for a moment. Its last row tells the end to a few milliseconds, except after a crash: then the story knows better.
 */
export async function seenAtRelay(capture: Capture, allocation: readonly RelayUsageRow[], endedAtMs = Date.parse(allocation.at(-1)?.time ?? '') + 5): Promise<RelayedBytes> {
  const ports = new Set(allocation.flatMap((row) => row.relayedAddresses.map((address) => address.slice(address.lastIndexOf(':') + 1))));
  const datagrams = await capture.fields(`udp && !icmp && !icmpv6 && frame.time_epoch <= ${endedAtMs / 1000}`, ['udp.srcport', 'udp.dstport', 'udp.length']);
  const sum = (column: 0 | 1): number => datagrams.reduce((bytes, datagram) => (ports.has(datagram[column] ?? '') ? bytes + Number(datagram[2]) - udpHeaderLength : bytes), 0);
  return { toPeer: sum(0), toClient: sum(1) };
}

const udpHeaderLength = 8;

/**
 * Both directions agree within one percent; in a short call, within the few packets that came before their sender was permitted or were on their way when the
 * allocation ended.
 */
export function assertAgree(ledger: RelayedBytes, seen: RelayedBytes): void {
  for (const direction of ['toPeer', 'toClient'] as const) {
    const difference = Math.abs(ledger[direction] - seen[direction]);
    assert.ok(difference <= Math.max(seen[direction] / 100, strayBytes), `${direction}: the ledger has ${ledger[direction]} bytes, tshark saw ${seen[direction]}`);
  }
}

const strayBytes = 1500;

/** Sound and picture of a second, far more than connectivity checks. */
export function carriedMedia({ toPeer, toClient }: RelayedBytes): boolean {
  return Math.min(toPeer, toClient) > 5_000;
}
