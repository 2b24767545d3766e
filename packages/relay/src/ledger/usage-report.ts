import type { RelayUsageGrouping, RelayUsageList, RelayUsageRecord, RelayUsageRecordList, RelayUsageRow, RelayUsageSums } from '@dialplane/calling-api';
import { ledgerPage, type LedgerPageRequest } from '@dialplane/store';
import { bytesPerUnit } from './relay-rates.ts';
import type { AllocationUsage, UsageFilter, UsageQueries, UsageRow, UsageSum } from './usage-queries.ts';

interface ReportFilter extends Omit<UsageFilter, 'userId'> {
  readonly identifier?: string;
}

const maxSums = 10_000;
const micros = 1_000_000;

/** The ledger as the calling API shows it. */
export class UsageReport {
  readonly #queries: UsageQueries;

  constructor(queries: UsageQueries) {
    this.#queries = queries;
  }

  /** `undefined` where the cursor is none of ours. */
  rows(filter: ReportFilter, page: LedgerPageRequest): Promise<RelayUsageList | undefined> {
    return ledgerPage(page, (limit, after) => this.#queries.rows(meant(filter), limit, after), (row) => ({ at: row.at, step: row.step, subject: row.allocation_id }), rowView);
  }

  async sums(filter: ReportFilter, grouping: RelayUsageGrouping): Promise<RelayUsageSums> {
    return { value: (await this.#queries.sums(meant(filter), grouping, maxSums)).map(sumView) };
  }

  /** `undefined` where the cursor is none of ours. */
  records(filter: ReportFilter, page: LedgerPageRequest): Promise<RelayUsageRecordList | undefined> {
    return ledgerPage(page, (limit, after) => this.#queries.allocations(meant(filter), limit, after), (usage) => ({ at: usage.startedAt, step: 0, subject: usage.allocationId }), recordView);
  }
}

function meant({ identifier, ...filter }: ReportFilter): UsageFilter {
  return { ...filter, ...(identifier !== undefined && { userId: identifier }) };
}

function rowView(row: UsageRow): RelayUsageRow {
  return {
    time: timeOf(row.at),
    allocationId: row.allocation_id,
    step: row.step,
    kind: row.kind,
    ...(row.reason !== null && { reason: row.reason }),
    resourceId: row.resource_id,
    identifier: row.user_id,
    ...(row.call_id !== null && { callId: row.call_id }),
    ...(row.participant_id !== null && { participantId: row.participant_id }),
    clientTransport: row.client_transport,
    peerTransport: row.peer_transport,
    ...(row.client_address !== null && { clientAddress: row.client_address }),
    relayedAddresses: row.relayed_addresses.split(' '),
    toPeerBytes: row.to_peer_bytes,
    toPeerPackets: row.to_peer_packets,
    toClientBytes: row.to_client_bytes,
    toClientPackets: row.to_client_packets,
    durationMs: row.duration_ms,
  };
}

function sumView({ day, callId, participantId, userId, ...sum }: UsageSum): RelayUsageSums['value'][number] {
  return {
    ...(day !== null && { day }),
    ...(callId !== null && { callId }),
    ...(participantId !== null && { participantId }),
    ...(userId !== null && { identifier: userId }),
    ...sum,
    cost: rounded(sum.cost),
  };
}

function recordView(usage: AllocationUsage): RelayUsageRecord {
  const quantity = (usage.toPeerBytes + usage.toClientBytes) / bytesPerUnit;
  const rate = usage.rateMicros / micros;
  return {
    usageType: 'NAT',
    unitType: 'GB',
    quantity,
    recordId: usage.allocationId,
    ...(usage.callId !== null && { correlationId: usage.callId }),
    resourceId: usage.resourceId,
    identifier: usage.userId,
    ...(usage.participantId !== null && { participantId: usage.participantId }),
    startTime: timeOf(usage.startedAt),
    endTime: timeOf(usage.updatedAt),
    isFinal: usage.isStopped,
    clientTransport: usage.clientTransport,
    peerTransport: usage.peerTransport,
    toPeerBytes: usage.toPeerBytes,
    toPeerPackets: usage.toPeerPackets,
    toClientBytes: usage.toClientBytes,
    toClientPackets: usage.toClientPackets,
    durationMs: usage.durationMs,
    rate,
    cost: rounded(quantity * rate),
    currency: usage.currency,
  };
}

/** To millionths, as rates are. */
function rounded(cost: number): number {
  return Math.round(cost * micros) / micros;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
