import { addMilliseconds, type Instant, instant } from '@dialplane/sansio';
import { stunAttribute, type StunMessage, type TransportAddress, transportAddress, writeAddress, writeText, writeUnknownAttributes, writeXorAddress } from '@dialplane/stun';
import { writeAddressError, writeLifetime, writeReservationToken } from '../attributes/allocation-attributes.ts';
import { turnAttribute, type TurnErrorCode, turnErrorReasons } from '../turn-numbers.ts';
import { type AllocationPlan, planAllocation } from './allocate-request.ts';
import type { Account, Allocation, Authenticated, Relay } from './allocation.ts';
import type { ReplyTo } from './replies.ts';
import { type Reservation, Reservations } from './reservations.ts';
import type { RelayFailure } from './server-input.ts';
import type { AllocationEnd, UsageRecord } from './server-output.ts';
import type { ServerCore } from './server-core.ts';

/** How long a driver may take to open relays. */
const openingTimeoutMs = 5_000;
const defaultUsageIntervalMs = 60_000;
const never = instant(Number.POSITIVE_INFINITY);
const failureCodes: Record<RelayFailure, 440 | 500 | 508> = { insufficientCapacity: 508, unsupportedFamily: 440, serverError: 500 };

const releaseNothing = (): void => undefined;

/** What an admitted client gets: the account that its allocation counts for, and how the policy is told of its end. */
interface Admitted {
  readonly account: Account;
  readonly release: () => void;
}

type AuthenticatedReply = ReplyTo & { readonly by: Authenticated };

/** The life of allocations: Allocate (RFC 8656 §7), expiry, and what the ledger is told. */
export class Allocations {
  private readonly core: ServerCore;
  private readonly reservations: Reservations;
  /** Called before a relay is forgotten, for what hangs on it elsewhere. */
  private readonly beforeClose: (relay: Relay) => void;

  constructor(core: ServerCore, beforeClose: (relay: Relay) => void) {
    this.core = core;
    this.reservations = new Reservations(core);
    this.beforeClose = beforeClose;
  }

  /** RFC 8656 §7.2 from step 2 on: the request is authenticated and all its attributes are known. */
  handleAllocate(request: StunMessage, to: AuthenticatedReply, now: Instant): void {
    const existing = this.core.table.find(to.path);
    if (existing !== undefined) return this.answerAgain(existing, to, now);
    const result = planAllocation(request, to.path.kind === 'stream', this.core.options);
    if (!result.ok) {
      const { unknownAttribute } = result;
      return this.core.replies.error(to, result.code, (builder) => unknownAttribute !== undefined && writeUnknownAttributes(builder, [unknownAttribute]));
    }
    const { plan } = result;
    const reservation = plan.reservationToken === undefined ? undefined : this.reservations.find(plan.reservationToken, now);
    if (plan.reservationToken !== undefined && reservation === undefined) return this.core.replies.error(to, 508);
    const admitted = this.admit(plan, to, now);
    if (admitted !== undefined) this.open(plan, reservation, admitted, to, now);
  }

  handleRelayOpened(relayId: number, address: TransportAddress, now: Instant): void {
    const relay = this.core.table.findRelay(relayId);
    if (relay?.state.kind !== 'opening') return this.core.emit({ kind: 'closeRelay', relay: relayId });
    relay.state = { kind: 'open', address };
    this.complete(relay.allocation, now);
  }

  handleRelayFailed(relayId: number, reason: RelayFailure, now: Instant): void {
    const relay = this.core.table.findRelay(relayId);
    if (relay?.state.kind === 'opening') {
      relay.state = { kind: 'failed', code: failureCodes[reason] };
      this.complete(relay.allocation, now);
    } else if (relay?.state.kind === 'open') this.dropRelay(relay, 'relayFailed', now);
  }

  /** Fires what is due for one allocation: a driver that does not answer, expiry of each relayed address, the usage interval. */
  handleTimeout(id: number, now: Instant): void {
    const allocation = this.core.table.get(id);
    if (allocation === undefined || now < allocation.nextVisitAt) return;
    allocation.nextVisitAt = never;
    if (allocation.state.kind === 'opening') {
      for (const relay of allocation.relays.filter(({ state }) => state.kind === 'opening')) {
        relay.state = { kind: 'failed', code: 508 };
        this.core.emit({ kind: 'closeRelay', relay: relay.id });
      }
      if (allocation.state.reserveNext !== undefined) this.core.emit({ kind: 'closeRelay', relay: allocation.state.reserveNext });
      allocation.state = { ...allocation.state, reserveNext: undefined };
      return this.complete(allocation, now);
    }
    for (const relay of allocation.relays) {
      if (now >= relay.expiresAt) this.dropRelay(relay, 'expired', now);
      else this.core.table.purge(relay, now);
    }
    if (allocation.relays.length === 0) return;
    if (now >= allocation.state.nextUsageAt) {
      this.tellUsage(allocation, { kind: 'continued' }, now);
      allocation.state = { kind: 'active', nextUsageAt: addMilliseconds(now, this.usageIntervalMs) };
    }
    this.arm(allocation);
  }

  handleReservationTimeout(token: string): void {
    this.reservations.handleTimeout(token);
  }

  /** Gives a relay, or all, a new lifetime, which may be shorter (RFC 8656 §8.2). */
  extend(allocation: Allocation, relays: readonly Relay[], lifetimeSeconds: number, now: Instant): void {
    for (const relay of relays) relay.expiresAt = addMilliseconds(now, lifetimeSeconds * 1000);
    this.arm(allocation);
  }

  /** Closes one relayed address, and with the last one the allocation. */
  dropRelay(relay: Relay, reason: AllocationEnd, now: Instant): void {
    if (relay.allocation.relays.length === 1) return this.end(relay.allocation, reason, now);
    this.beforeClose(relay);
    this.core.emit({ kind: 'closeRelay', relay: relay.id });
    this.core.table.removeRelay(relay);
  }

  end(allocation: Allocation, reason: AllocationEnd, now: Instant): void {
    for (const relay of allocation.relays) this.beforeClose(relay);
    const { state } = allocation;
    if (state.kind === 'active') this.tellUsage(allocation, { kind: 'stopped', reason }, now);
    else if (state.reserveNext !== undefined) this.core.emit({ kind: 'closeRelay', relay: state.reserveNext });
    for (const relay of allocation.relays) if (relay.state.kind !== 'failed') this.core.emit({ kind: 'closeRelay', relay: relay.id });
    this.core.table.remove(allocation);
    if (state.kind === 'opening' || this.core.options.slotsFreed !== 'whenTaken') this.core.table.freeSlot(allocation.slot);
    allocation.relays = [];
  }

  /** Ends what a username holds. */
  revoke(username: string, now: Instant): void {
    for (const allocation of this.core.table.all()) if (allocation.account.username === username) this.end(allocation, 'revoked', now);
  }

  shutdown(now: Instant): void {
    for (const allocation of this.core.table.all()) this.end(allocation, 'shutdown', now);
    this.reservations.giveUpAll();
  }

  /** Step 2: the path is in use. The request that created the allocation may have been sent twice; any other is a mismatch. */
  private answerAgain(allocation: Allocation, to: AuthenticatedReply, now: Instant): void {
    const { createdBy } = allocation;
    const isSame = createdBy.transactionId.every((byte, index) => byte === to.transactionId[index]) && createdBy.by.username === to.by.username;
    if (!isSame) return this.core.replies.error(to, 437);
    if (allocation.state.kind === 'active') this.answer(allocation, to, now);
  }

  /** Steps 10 and 11: quota and redirection. Answers itself when the client is not admitted. */
  private admit(plan: AllocationPlan, to: AuthenticatedReply, now: Instant): Admitted | undefined {
    const { username } = to.by;
    const known = this.core.table.account(username);
    const held = (known?.allocations ?? 0) + (known?.reservations ?? 0);
    const admission = this.core.options.admission.admit({ username, path: to.path, transport: plan.transport, held }, now);
    if (admission.kind === 'refused') this.core.replies.error(to, admission.code);
    if (admission.kind === 'redirected') {
      this.core.replies.error(to, 300, (builder) => {
        writeAddress(builder, stunAttribute.alternateServer, admission.alternate);
        if (admission.domain !== undefined) writeText(builder, 'alternateDomain', admission.domain);
      });
    }
    if (admission.kind !== 'admitted') return undefined;
    return { account: this.core.table.openAccount(username, admission.budgets ?? []), release: admission.release ?? releaseNothing };
  }

  private open(plan: AllocationPlan, reservation: Reservation | undefined, { account, release }: Admitted, to: AuthenticatedReply, now: Instant): void {
    const slot = this.core.table.takeSlot();
    if (slot === undefined) {
      this.core.table.releaseAccount(account);
      release();
      return this.core.replies.error(to, 508);
    }
    const deadline = addMilliseconds(now, openingTimeoutMs);
    const reserveNext = plan.port === 'evenAndNext' ? this.core.nextNumber() : undefined;
    const allocation: Allocation = {
      id: this.core.nextNumber(),
      slot,
      transport: plan.transport,
      account,
      release,
      createdBy: to,
      state: { kind: 'opening', deadline, lifetimeSeconds: plan.lifetimeSeconds, reserveNext },
      relays: [],
      channels: new Map(),
      addressError: plan.missingFamily === undefined ? undefined : { family: plan.missingFamily, code: 440, reason: turnErrorReasons[440] },
      reservationToken: undefined,
      nextVisitAt: never,
      told: 0,
    };
    const relayOf = (id: number, family: 4 | 6, state: Relay['state']): Relay => ({ id, family, allocation, state, expiresAt: deadline, permissions: [], channels: [] });
    allocation.relays =
      reservation === undefined
        ? plan.families.map((family) => relayOf(this.core.nextNumber(), family, { kind: 'opening' }))
        : [relayOf(reservation.relay, reservation.address.family, { kind: 'open', address: reservation.address })];
    this.core.packets.clear(slot);
    this.core.table.add(allocation);
    if (reservation !== undefined) {
      this.reservations.redeem(reservation);
      return this.complete(allocation, now);
    }
    this.arm(allocation);
    const port = reserveNext === undefined ? { kind: plan.port === 'any' ? 'any' : 'even' } as const : { kind: 'evenAndNext', next: reserveNext } as const;
    for (const { id, family } of allocation.relays) this.core.emit({ kind: 'openRelay', relay: id, path: to.path, transport: plan.transport, family, port });
  }

  /** Answers the client once the driver has answered for every relay. */
  private complete(allocation: Allocation, now: Instant): void {
    const { state, relays } = allocation;
    if (state.kind !== 'opening' || relays.some((relay) => relay.state.kind === 'opening')) return;
    const failed = relays.find((relay) => relay.state.kind === 'failed');
    const open = relays.filter((relay) => relay.state.kind === 'open');
    if (open.length === 0) return this.refuseUnopened(allocation, failed);
    if (failed?.state.kind === 'failed') {
      const code = failed.state.code === 440 ? 440 : 508;
      allocation.addressError = { family: failed.family, code, reason: turnErrorReasons[code] };
      this.core.table.removeRelay(failed);
    }
    allocation.state = { kind: 'active', nextUsageAt: addMilliseconds(now, this.usageIntervalMs) };
    const first = open[0]?.state;
    if (state.reserveNext !== undefined && first?.kind === 'open') {
      const address = transportAddress(first.address, first.address.port + 1);
      allocation.reservationToken = this.reservations.hold(state.reserveNext, address, allocation.account, now).token;
    }
    this.extend(allocation, open, state.lifetimeSeconds, now);
    this.tellUsage(allocation, { kind: 'started' }, now);
    this.answer(allocation, allocation.createdBy, now);
  }

  private refuseUnopened(allocation: Allocation, failed: Relay | undefined): void {
    const code: TurnErrorCode = failed?.state.kind === 'failed' ? failed.state.code : 508;
    this.core.table.remove(allocation);
    this.core.table.freeSlot(allocation.slot);
    allocation.relays = [];
    this.core.replies.error(allocation.createdBy, code);
  }

  /** The success response of RFC 8656 §7.2. */
  private answer(allocation: Allocation, to: ReplyTo, now: Instant): void {
    this.core.replies.success(to, (builder) => {
      for (const address of relayedAddresses(allocation)) writeXorAddress(builder, turnAttribute.xorRelayedAddress, address);
      const expiresAt = Math.min(...allocation.relays.map((relay) => relay.expiresAt));
      writeLifetime(builder, Math.max(0, Math.ceil((expiresAt - now) / 1000)));
      if (allocation.reservationToken !== undefined) writeReservationToken(builder, allocation.reservationToken);
      writeXorAddress(builder, stunAttribute.xorMappedAddress, to.path.remote);
      if (allocation.addressError !== undefined) writeAddressError(builder, allocation.addressError);
    });
  }

  /** Looks at the allocation's timers no later than the first of them is due. */
  private arm(allocation: Allocation): void {
    const { state } = allocation;
    const first = state.kind === 'opening' ? state.deadline : state.nextUsageAt;
    const at = state.kind === 'opening' ? first : instant(Math.min(first, ...allocation.relays.map((relay) => relay.expiresAt)));
    if (at >= allocation.nextVisitAt) return;
    allocation.nextVisitAt = at;
    this.core.wakeAt(at, { kind: 'allocation', id: allocation.id });
  }

  private tellUsage(allocation: Allocation, event: UsageRecord['event'], now: Instant): void {
    const totals = this.core.packets.totals(allocation.slot);
    const told = totals.toPeerBytes + totals.toPeerPackets + totals.toClientBytes + totals.toClientPackets;
    if (event.kind === 'continued' && told === allocation.told) return;
    allocation.told = told;
    const { id, slot, transport, createdBy } = allocation;
    const record = { event, allocation: id, slot, username: createdBy.by.username, path: createdBy.path, transport, relayedAddresses: relayedAddresses(allocation), totals, at: now };
    this.core.emit({ kind: 'usage', record });
  }

  private get usageIntervalMs(): number {
    return this.core.options.usageIntervalMs ?? defaultUsageIntervalMs;
  }
}

function relayedAddresses(allocation: Allocation): TransportAddress[] {
  return allocation.relays.flatMap(({ state }) => (state.kind === 'open' ? [state.address] : []));
}
