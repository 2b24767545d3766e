import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore, type Store } from '@dialplane/store';
import type { RelayUsageEvent } from './relay-plane.ts';

/** A store of the test's own; called again, the same one closed and opened. */
export function testStores(t: TestContext): (() => Promise<Store>) & { readonly dataDir: string } {
  const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-relay-'));
  let current: Store | undefined;
  t.after(async () => {
    await current?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const open = async (): Promise<Store> => {
    await current?.close();
    current = await openStore({ dataDir });
    return current;
  };
  return Object.assign(open, { dataDir });
}

/** Lets the database grow by no more than so many pages, as a full disk would. */
export async function limitPages(store: Store, pages: number): Promise<void> {
  const run = (text: string): Promise<{ readonly rows: unknown[] }> =>
    store.database.executeQuery({ ...store.database.selectFrom('resource').select('id').compile(), sql: `PRAGMA ${text}`, parameters: [] });
  const [row] = (await run('page_count')).rows as Array<{ readonly page_count: number }>;
  await run(`max_page_count = ${(row?.page_count ?? 0) + pages}`);
}

/** A step of allocation `a1` of Alice in call `c1`, with other totals or fields where given; bytes are 100 times the packets. */
export function usage(kind: RelayUsageEvent['kind'], at: number, packets: readonly [toPeer: number, toClient: number], other: Partial<RelayUsageEvent> = {}): RelayUsageEvent {
  const [toPeerPackets, toClientPackets] = packets;
  return {
    kind, at, allocationId: 'a1',
    grant: { credentialId: 'k1', resourceId: 'r1', userId: '8:acs:r1_alice', call: { callId: 'c1', participantId: 'p1' }, expiresAt: 9e12 },
    clientTransport: 'udp', peerTransport: 'udp', clientAddress: '198.51.100.7:40000', relayedAddresses: ['192.0.2.1:53248', '[2001:db8::1]:53248'],
    totals: { toPeerBytes: toPeerPackets * 100, toPeerPackets, toClientBytes: toClientPackets * 100, toClientPackets },
    ...(kind === 'stopped' && { reason: 'deleted' as const }),
    ...other,
  };
}
