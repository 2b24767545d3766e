import type { Statement, Store } from '@dialplane/store';
import { sql } from 'kysely';
import type { RelayUsageEvent } from '../relay-plane.ts';
import type { RelayRate } from './relay-rates.ts';

/**
 * Adds one step of an allocation to the ledger, with what was relayed since the step before.
 *
 * The difference is taken inside the statement, from what is stored: whatever was repeated, lost or told twice by two runs of the process, the rows of an
 * allocation add up to its totals. A step that is not news (a second start, anything after the stop, an older continuation) adds nothing.
 *
 * @param rate in force now; an allocation keeps the one it began with.
 */
export function usageStatement({ database }: Pick<Store, 'database'>, event: RelayUsageEvent, rate: RelayRate): Statement {
  const { allocationId, grant, totals, at } = event;
  const since = (column: string, total: number) => sql`MAX(0, ${total} - COALESCE(SUM(${sql.ref(column)}), 0))`;
  const insert = sql`
    INSERT INTO relay_usage (
      allocation_id, step, kind, reason, at, resource_id, user_id, call_id, participant_id,
      client_transport, peer_transport, client_address, relayed_addresses,
      to_peer_bytes, to_peer_packets, to_client_bytes, to_client_packets, duration_ms, rate_micros, currency
    )
    SELECT
      ${allocationId}, COALESCE(MAX(step) + 1, 0), ${event.kind}, ${event.reason ?? null}, ${at},
      ${grant.resourceId}, ${grant.userId}, ${grant.call?.callId ?? null}, ${grant.call?.participantId ?? null},
      ${event.clientTransport}, ${event.peerTransport}, ${event.clientAddress}, ${event.relayedAddresses.join(' ')},
      ${since('to_peer_bytes', totals.toPeerBytes)}, ${since('to_peer_packets', totals.toPeerPackets)},
      ${since('to_client_bytes', totals.toClientBytes)}, ${since('to_client_packets', totals.toClientPackets)},
      MAX(0, ${at} - COALESCE(MAX(at), ${at})), COALESCE(MAX(rate_micros), ${rate.micros}), COALESCE(MAX(currency), ${rate.currency})
    FROM relay_usage WHERE allocation_id = ${allocationId}
    HAVING COUNT(*) = 0
      OR (SUM(kind = 'stopped') = 0 AND (${event.kind} = 'stopped' OR (${event.kind} = 'continued' AND MAX(at) < ${at})))`;
  return { compile: () => insert.compile(database) };
}
