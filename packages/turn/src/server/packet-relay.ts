import type { Instant } from '@dialplane/sansio';
import { readUint16, type TransportAddress } from '@dialplane/stun';
import { channelHeaderLength, isChannelByte } from '../channel-data.ts';
import type { Allocation, Channel, Relay } from './allocation.ts';
import type { AllocationTable } from './allocation-table.ts';
import type { ClientPath } from './server-input.ts';
import type { RelayedTotals } from './server-output.ts';

/** What the fast path says about a packet. */
export const packetVerdict = {
  /** Not for the fast path: give the packet to {@link TurnServer.handle}. */
  slow: 0,
  /** Send it as {@link PacketRelay.towardsPeer} or {@link PacketRelay.towardsClient} says; it has been counted. */
  relayed: 1,
  /** Discard it. */
  dropped: 2,
} as const;

export type PacketVerdict = (typeof packetVerdict)[keyof typeof packetVerdict];

/** From a client to a peer: send `payloadLength` bytes from `payloadOffset` (an index into the caller's buffer). */
export interface TowardsPeer {
  relay: number;
  peer: TransportAddress;
  payloadOffset: number;
  payloadLength: number;
}

/** From a peer to a client: send the 4 bytes of `header` (big-endian), then the payload, then over a stream `padding` zero bytes. */
export interface TowardsClient {
  path: ClientPath;
  header: number;
  padding: number;
}

const noAddress: TransportAddress = { family: 4, w0: 0, w1: 0, w2: 0, w3: 0, port: 0 };

/**
 * The path of media: a decision per packet from a few table lookups, nothing queued, nothing allocated, no byte copied. A driver with batches calls it
 * for each packet of a batch and reads the answer from two records that each call overwrites.
 *
 * ```ts
 * switch (packets.fromDatagram(listener, source, slab, offset, length, now)) {
 *   case packetVerdict.relayed: queue(packets.towardsPeer); break;
 *   case packetVerdict.slow: server.handle({ kind: 'clientDatagram', ... }, now);
 * }
 * ```
 */
export class PacketRelay {
  /** Valid after a `from…` of a client's packet answered `relayed`, until the next call. */
  readonly towardsPeer: TowardsPeer = { relay: 0, peer: noAddress, payloadOffset: 0, payloadLength: 0 };
  /** Valid after `fromPeer` answered `relayed`, until the next call. */
  readonly towardsClient: TowardsClient = { path: { kind: 'datagram', listener: 0, remote: noAddress }, header: 0, padding: 0 };
  private readonly table: AllocationTable;
  private readonly counters: Float64Array;
  private lastSlot = 0;

  constructor(table: AllocationTable, counters: Float64Array) {
    this.table = table;
    this.counters = counters;
  }

  /** A datagram from a client: ChannelData is decided here (RFC 8656 §12.6), the rest is `slow`. */
  fromDatagram(listener: number, source: TransportAddress, buffer: Uint8Array, offset: number, length: number, now: Instant): PacketVerdict {
    if (length === 0 || !isChannelByte(buffer[offset])) return packetVerdict.slow;
    return this.fromClient(this.table.findDatagram(listener, source), buffer, offset, length, now);
  }

  /** A frame from a client's stream. */
  fromConnection(connection: number, buffer: Uint8Array, offset: number, length: number, now: Instant): PacketVerdict {
    if (length === 0 || !isChannelByte(buffer[offset])) return packetVerdict.slow;
    return this.fromClient(this.table.findConnection(connection), buffer, offset, length, now);
  }

  /** A datagram from a peer with `length` bytes of payload: decided here where a channel is bound, `slow` where it becomes a Data indication. */
  fromPeer(relayId: number, peer: TransportAddress, length: number, now: Instant): PacketVerdict {
    const relay = this.table.findRelay(relayId);
    if (relay === undefined || !isUsable(relay, now)) return packetVerdict.dropped;
    const channel = this.table.channelOfPeer(relayId, peer, now);
    if (channel === undefined) return this.table.permission(relayId, peer, now) === undefined ? packetVerdict.dropped : packetVerdict.slow;
    if (now >= channel.permission.expiresAt) return packetVerdict.dropped;
    if (!this.countTowardsClient(relay.allocation, length, now)) return packetVerdict.dropped;
    const { path } = relay.allocation.createdBy;
    this.lastSlot = relay.allocation.slot;
    this.towardsClient.path = path;
    this.towardsClient.header = (channel.number << 16) | length;
    this.towardsClient.padding = path.kind === 'stream' ? -length & 3 : 0;
    return packetVerdict.relayed;
  }

  /** Counts a packet from client to peer, unless the user's rate is used up. */
  countTowardsPeer(allocation: Allocation, length: number, now: Instant): boolean {
    return this.count(allocation, 0, length, now);
  }

  /** Counts a packet from peer to client, unless the user's rate is used up. */
  countTowardsClient(allocation: Allocation, length: number, now: Instant): boolean {
    return this.count(allocation, 2, length, now);
  }

  /** Takes the packet back that `fromPeer` last answered `relayed` for: the driver could not send it after all. */
  uncountTowardsClient(length: number): void {
    const at = this.lastSlot * 4 + 2;
    this.counters[at] = (this.counters[at] ?? 0) - length;
    this.counters[at + 1] = (this.counters[at + 1] ?? 0) - 1;
  }

  /** Adds what a driver moved between two streams (RFC 6062); those have no packets. */
  addStreamBytes(allocation: Allocation, toPeerBytes: number, toClientBytes: number): void {
    const at = allocation.slot * 4;
    this.counters[at] = (this.counters[at] ?? 0) + toPeerBytes;
    this.counters[at + 2] = (this.counters[at + 2] ?? 0) + toClientBytes;
  }

  totals(slot: number): RelayedTotals {
    const at = slot * 4;
    const [toPeerBytes = 0, toPeerPackets = 0, toClientBytes = 0, toClientPackets = 0] = this.counters.subarray(at, at + 4);
    return { toPeerBytes, toPeerPackets, toClientBytes, toClientPackets };
  }

  clear(slot: number): void {
    this.counters.fill(0, slot * 4, slot * 4 + 4);
  }

  private fromClient(allocation: Allocation | undefined, buffer: Uint8Array, offset: number, length: number, now: Instant): PacketVerdict {
    if (allocation === undefined || length < channelHeaderLength) return packetVerdict.dropped;
    const channel = allocation.channels.get(readUint16(buffer, offset));
    const payloadLength = readUint16(buffer, offset + 2);
    if (channel === undefined || payloadLength + channelHeaderLength > length || !isOpen(channel, now)) return packetVerdict.dropped;
    if (!this.countTowardsPeer(allocation, payloadLength, now)) return packetVerdict.dropped;
    this.towardsPeer.relay = channel.relay.id;
    this.towardsPeer.peer = channel.peer;
    this.towardsPeer.payloadOffset = offset + channelHeaderLength;
    this.towardsPeer.payloadLength = payloadLength;
    return packetVerdict.relayed;
  }

  private count(allocation: Allocation, column: 0 | 2, length: number, now: Instant): boolean {
    const { budgets } = allocation.account;
    for (const budget of budgets) if (!budget.has(length, now)) return false;
    for (const budget of budgets) budget.take(length);
    const at = allocation.slot * 4 + column;
    this.counters[at] = (this.counters[at] ?? 0) + length;
    this.counters[at + 1] = (this.counters[at + 1] ?? 0) + 1;
    return true;
  }
}

/** Whether a relay may carry packets at `now`: no allocation outlives its lifetime, however late its timer fires. */
export function isUsable(relay: Relay, now: Instant): boolean {
  return now < relay.expiresAt && relay.allocation.state.kind === 'active';
}

function isOpen(channel: Channel, now: Instant): boolean {
  return now < channel.expiresAt && now < channel.permission.expiresAt && isUsable(channel.relay, now);
}
