import { addMilliseconds, type Instant, invariant, type Randomness } from '@dialplane/sansio';
import { AddressTable, type IpAddress, sameIpAddress, type TransportAddress } from '@dialplane/stun';
import type { Account, Allocation, Channel, Permission, Relay } from './allocation.ts';
import type { RateBudget } from './rate-budget.ts';
import type { ClientPath } from './server-input.ts';
import type { TurnServerLimits } from './server-options.ts';

/** RFC 8656 §9, §12. */
const permissionLifetimeMs = 300_000;
const channelLifetimeMs = 600_000;

/** All allocations and every way to find them; knows nothing of messages. Lookups that a packet needs allocate nothing. */
export class AllocationTable {
  readonly limits: TurnServerLimits;
  private readonly byDatagram: AddressTable<Allocation>;
  private readonly byConnection = new Map<number, Allocation>();
  private readonly byId = new Map<number, Allocation>();
  private readonly relays = new Map<number, Relay>();
  private readonly permissions: AddressTable<Permission>;
  private readonly channels: AddressTable<Channel>;
  private readonly accounts = new Map<string, Account>();
  private readonly freeSlots: number[];

  constructor(limits: TurnServerLimits, randomness: Randomness) {
    this.limits = limits;
    this.byDatagram = new AddressTable(randomness.nextUint32());
    this.permissions = new AddressTable(randomness.nextUint32());
    this.channels = new AddressTable(randomness.nextUint32());
    this.freeSlots = Array.from({ length: limits.allocations }, (_, index) => limits.allocations - 1 - index);
  }

  get size(): number {
    return this.byId.size;
  }

  all(): Iterable<Allocation> {
    return this.byId.values();
  }

  get(id: number): Allocation | undefined {
    return this.byId.get(id);
  }

  find(path: ClientPath): Allocation | undefined {
    return path.kind === 'datagram' ? this.findDatagram(path.listener, path.remote) : this.byConnection.get(path.connection);
  }

  findDatagram(listener: number, remote: TransportAddress): Allocation | undefined {
    return this.byDatagram.get(listener, remote, remote.port);
  }

  findConnection(connection: number): Allocation | undefined {
    return this.byConnection.get(connection);
  }

  findRelay(id: number): Relay | undefined {
    return this.relays.get(id);
  }

  /** A place in the counters, or `undefined` when all are taken. */
  takeSlot(): number | undefined {
    return this.freeSlots.pop();
  }

  /** Makes a slot free for another allocation; once for each that was taken. */
  freeSlot(slot: number): void {
    this.freeSlots.push(slot);
  }

  add(allocation: Allocation): void {
    const { path } = allocation.createdBy;
    this.byId.set(allocation.id, allocation);
    if (path.kind === 'datagram') this.byDatagram.set(path.listener, path.remote, path.remote.port, allocation);
    else this.byConnection.set(path.connection, allocation);
    for (const relay of allocation.relays) this.relays.set(relay.id, relay);
    allocation.account.allocations += 1;
  }

  /** Forgets an allocation with all its relays; they are the caller's to close. */
  remove(allocation: Allocation): void {
    const { path } = allocation.createdBy;
    invariant(this.byId.delete(allocation.id), `allocation ${allocation.id} is removed twice`);
    if (path.kind === 'datagram') this.byDatagram.delete(path.listener, path.remote, path.remote.port);
    else this.byConnection.delete(path.connection);
    for (const relay of allocation.relays) this.forgetRelay(relay);
    allocation.account.allocations -= 1;
    this.releaseAccount(allocation.account);
    allocation.release();
  }

  /** Takes one relay of a dual allocation away, with its permissions and channels (RFC 8656 §8.1). */
  removeRelay(relay: Relay): void {
    this.forgetRelay(relay);
    relay.allocation.relays = relay.allocation.relays.filter((other) => other !== relay);
  }

  /** What a username holds. It lasts as long as an allocation or a reservation does: see `releaseAccount`. */
  account(username: string): Account | undefined {
    return this.accounts.get(username);
  }

  openAccount(username: string, budgets: readonly RateBudget[]): Account {
    const known = this.accounts.get(username);
    if (known !== undefined) return known;
    const account: Account = { username, allocations: 0, reservations: 0, budgets };
    this.accounts.set(username, account);
    return account;
  }

  releaseAccount(account: Account): void {
    if (account.allocations === 0 && account.reservations === 0) this.accounts.delete(account.username);
  }

  /** The permission of a peer's address on a relay, if it lasts at `now`. */
  permission(relay: number, ip: IpAddress, now: Instant): Permission | undefined {
    const permission = this.permissions.get(relay, ip, 0);
    return permission !== undefined && now < permission.expiresAt ? permission : undefined;
  }

  /** Installs or refreshes a permission (RFC 8656 §9); the caller has made sure there is room. */
  installPermission(relay: Relay, ip: IpAddress, now: Instant): Permission {
    const expiresAt = addMilliseconds(now, permissionLifetimeMs);
    const known = this.permissions.get(relay.id, ip, 0);
    if (known !== undefined) {
      known.expiresAt = expiresAt;
      return known;
    }
    const permission: Permission = { ip: { family: ip.family, w0: ip.w0, w1: ip.w1, w2: ip.w2, w3: ip.w3 }, expiresAt };
    this.permissions.set(relay.id, ip, 0, permission);
    relay.permissions.push(permission);
    for (const channel of relay.channels) if (sameIpAddress(channel.peer, ip)) channel.permission = permission;
    return permission;
  }

  /** Whether a relay has room for permissions of these addresses. */
  hasRoomForPermissions(relay: Relay, addresses: readonly IpAddress[], now: Instant): boolean {
    const added = addresses.filter((ip, index) => this.permissions.get(relay.id, ip, 0) === undefined && addresses.findIndex((other) => sameIpAddress(other, ip)) === index);
    if (relay.permissions.length + added.length <= this.limits.permissionsPerRelay) return true;
    this.purge(relay, now);
    return relay.permissions.length + added.length <= this.limits.permissionsPerRelay;
  }

  /** The channel bound to a peer on a relay, if it lasts at `now`. */
  channelOfPeer(relay: number, peer: TransportAddress, now: Instant): Channel | undefined {
    const channel = this.channels.get(relay, peer, peer.port);
    return channel !== undefined && now < channel.expiresAt ? channel : undefined;
  }

  /** Binds or refreshes a channel and its permission; the caller has checked RFC 8656 §12.2. */
  bindChannel(relay: Relay, number: number, peer: TransportAddress, now: Instant): void {
    const permission = this.installPermission(relay, peer, now);
    const expiresAt = addMilliseconds(now, channelLifetimeMs);
    const known = relay.allocation.channels.get(number);
    if (known !== undefined) {
      known.expiresAt = expiresAt;
      return;
    }
    const channel: Channel = { number, peer, relay, permission, expiresAt };
    relay.allocation.channels.set(number, channel);
    this.channels.set(relay.id, peer, peer.port, channel);
    relay.channels.push(channel);
  }

  /** Forgets what has expired on a relay; expired entries never count, this only frees them. */
  purge(relay: Relay, now: Instant): void {
    for (const channel of relay.channels) {
      if (now < channel.expiresAt) continue;
      this.channels.delete(relay.id, channel.peer, channel.peer.port);
      relay.allocation.channels.delete(channel.number);
    }
    relay.channels = relay.channels.filter((channel) => now < channel.expiresAt);
    for (const permission of relay.permissions) if (now >= permission.expiresAt) this.permissions.delete(relay.id, permission.ip, 0);
    relay.permissions = relay.permissions.filter((permission) => now < permission.expiresAt);
  }

  private forgetRelay(relay: Relay): void {
    this.relays.delete(relay.id);
    for (const permission of relay.permissions) this.permissions.delete(relay.id, permission.ip, 0);
    for (const channel of relay.channels) {
      this.channels.delete(relay.id, channel.peer, channel.peer.port);
      relay.allocation.channels.delete(channel.number);
    }
    relay.permissions = [];
    relay.channels = [];
  }
}
