import { invariant } from '@dialplane/sansio';
import { formatTransportAddress } from '@dialplane/stun';
import type { RelayedTotals, UsageRecord } from '@dialplane/turn';
import type { CounterFile } from '../counters/counter-file.ts';
import type { CountedAllocation } from '../counters/counters-layout.ts';
import type { RelayGrant } from '../relay-grant.ts';
import type { RelayUsageEvent } from '../relay-plane.ts';
import type { UsageToken } from './plane-messages.ts';

interface ReportedAllocation {
  readonly identity: CountedAllocation;
  readonly slot: number;
  /** Steps told and not confirmed. */
  unconfirmed: number;
}

export interface UsageReportsOptions {
  /** Part of every allocation's id: random for each run. */
  readonly runId: string;
  readonly counters: CounterFile;
  readonly grantOf: (username: string) => RelayGrant | undefined;
  readonly tell: (event: RelayUsageEvent, token: UsageToken) => void;
}

/**
 * The machine's usage records as steps for the ledger. What a slot of the counters holds is said in the file before the ledger hears of it, and until it has confirmed
 * the last step. A ledger that is behind gets no more `continued` steps of an allocation: totals are cumulative, the next one says it all.
 */
export class UsageReports {
  private readonly options: UsageReportsOptions;
  private readonly allocations = new Map<number, ReportedAllocation>();
  /** Totals of the allocations that are forgotten. */
  private readonly confirmed = [0, 0, 0, 0];
  private left = 0;

  constructor(options: UsageReportsOptions) {
    this.options = options;
  }

  /** Allocations that run, or whose last step nobody has answered for. */
  get unsettled(): number {
    return this.allocations.size;
  }

  /** Allocations that the next start has to tell. */
  get leftForNextStart(): number {
    return this.allocations.size + this.left;
  }

  /** What all allocations of this run have relayed until now. */
  get relayed(): RelayedTotals {
    const { totals } = this.options.counters;
    const sums = this.confirmed.slice();
    for (const { slot } of this.allocations.values()) for (let column = 0; column < 4; column += 1) sums[column] = (sums[column] ?? 0) + (totals[slot * 4 + column] ?? 0);
    const [toPeerBytes = 0, toPeerPackets = 0, toClientBytes = 0, toClientPackets = 0] = sums;
    return { toPeerBytes, toPeerPackets, toClientBytes, toClientPackets };
  }

  report(record: UsageRecord, clientTransport: RelayUsageEvent['clientTransport']): void {
    const { counters, tell } = this.options;
    const at = Date.now();
    const { event, allocation, slot } = record;
    if (event.kind === 'started') this.begin(record, clientTransport);
    const reported = this.allocations.get(allocation);
    invariant(reported !== undefined, `allocation ${allocation} tells usage and was not started`);
    if (event.kind === 'continued' && reported.unconfirmed > 0) return;
    if (event.kind === 'stopped') counters.stop(slot, event.reason, at);
    // A crash is dated by this: never before a step that was told.
    counters.setAlive(at);
    reported.unconfirmed += 1;
    const { stopped: _, ...identity } = reported.identity;
    tell({ ...event, ...identity, totals: record.totals, at }, { allocation, slot, isLast: event.kind === 'stopped' });
  }

  /** The ledger has a step. @returns whether the slot is free now. */
  confirm({ allocation, slot, isLast }: UsageToken): boolean {
    const reported = this.allocations.get(allocation);
    if (reported === undefined) return false;
    reported.unconfirmed -= 1;
    if (!isLast) return false;
    this.forget(allocation, slot);
    this.options.counters.free(slot);
    return true;
  }

  /** The ledger will not have a step in this run: the last one of an allocation stays in the file, and in its slot, for the next start. */
  giveUp({ allocation, slot, isLast }: UsageToken): void {
    const reported = this.allocations.get(allocation);
    if (reported === undefined) return;
    reported.unconfirmed -= 1;
    if (!isLast) return;
    this.forget(allocation, slot);
    this.left += 1;
  }

  private forget(allocation: number, slot: number): void {
    this.allocations.delete(allocation);
    const { totals } = this.options.counters;
    for (let column = 0; column < 4; column += 1) this.confirmed[column] = (this.confirmed[column] ?? 0) + (totals[slot * 4 + column] ?? 0);
  }

  private begin({ allocation, slot, username, path, transport, relayedAddresses }: UsageRecord, clientTransport: RelayUsageEvent['clientTransport']): void {
    const grant = this.options.grantOf(username);
    invariant(grant !== undefined, 'an allocation was started without a grant');
    const identity: CountedAllocation = {
      allocationId: `${this.options.runId}-${allocation}`,
      grant,
      clientTransport,
      peerTransport: transport,
      clientAddress: formatTransportAddress(path.remote),
      relayedAddresses: relayedAddresses.map(formatTransportAddress),
    };
    this.allocations.set(allocation, { identity, slot, unconfirmed: 0 });
    this.options.counters.occupy(slot, identity);
  }
}
