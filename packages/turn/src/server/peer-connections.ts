import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { readXorAddress, sameTransportAddress, type StunMessage, type TransportAddress, writeXorAddress } from '@dialplane/stun';
import { readConnectionId, writeConnectionId } from '../attributes/peer-attributes.ts';
import { turnAttribute, turnMethod } from '../turn-numbers.ts';
import type { Allocation, Authenticated, Relay } from './allocation.ts';
import { isUsable } from './packet-relay.ts';
import { relayTowards } from './peer-access.ts';
import type { ReplyTo } from './replies.ts';
import type { ClientPath } from './server-input.ts';
import type { ServerCore } from './server-core.ts';

/** RFC 6062 §5.2: how long a peer may take to answer, and a client to bind. */
const connectTimeoutMs = 30_000;
const bindTimeoutMs = 30_000;

type PeerConnectionState =
  | { readonly kind: 'connecting'; readonly to: ReplyTo; readonly deadline: Instant }
  | { readonly kind: 'unbound'; readonly deadline: Instant }
  | { readonly kind: 'bound'; readonly connection: number };

/** RFC 6062 §5: connecting → (peer answered) unbound → (ConnectionBind) bound → closed; an accepted peer starts unbound. */
interface PeerConnection {
  readonly id: number;
  readonly allocation: Allocation;
  readonly peer: TransportAddress;
  state: PeerConnectionState;
}

/** The peer data connections of TCP allocations (RFC 6062). The number of one is also its CONNECTION-ID. */
export class PeerConnections {
  private readonly core: ServerCore;
  private readonly byId = new Map<number, PeerConnection>();
  private readonly byClient = new Map<number, PeerConnection>();
  private readonly byAllocation = new Map<Allocation, Set<PeerConnection>>();

  constructor(core: ServerCore) {
    this.core = core;
  }

  /** Connect (RFC 6062 §5.2). */
  handleConnect(allocation: Allocation, request: StunMessage, to: ReplyTo, now: Instant): void {
    const peer = readXorAddress(request, turnAttribute.xorPeerAddress);
    if (peer === undefined || allocation.transport !== 'tcp') return this.core.replies.error(to, 400);
    const relay = relayTowards(allocation, peer);
    if (relay === undefined) return this.core.replies.error(to, 443);
    if (!this.core.options.peers.permits(peer, allocation.createdBy.by.username)) return this.core.replies.error(to, 403);
    const held = this.of(allocation);
    if (held.some((other) => sameTransportAddress(other.peer, peer))) return this.core.replies.error(to, 446);
    if (held.length >= this.core.limits.peerConnectionsPerAllocation) return this.core.replies.error(to, 508);
    const connection = this.add(allocation, peer, { kind: 'connecting', to, deadline: addMilliseconds(now, connectTimeoutMs) });
    this.core.emit({ kind: 'connectPeer', relay: relay.id, peerConnection: connection.id, peer });
  }

  handlePeerConnected(id: number, now: Instant): void {
    const connection = this.byId.get(id);
    if (connection === undefined) return this.core.emit({ kind: 'closePeer', peerConnection: id });
    if (connection.state.kind !== 'connecting') return;
    this.core.replies.success(connection.state.to, (builder) => writeConnectionId(builder, id));
    this.awaitBind(connection, now);
  }

  /** A peer that cannot be reached or has gone: 447 to whoever waits for it, and the client's stream is closed. */
  handlePeerGone(id: number): void {
    const connection = this.byId.get(id);
    if (connection === undefined) return;
    if (connection.state.kind === 'connecting') this.core.replies.error(connection.state.to, 447);
    if (connection.state.kind === 'bound') this.core.emit({ kind: 'closeClient', connection: connection.state.connection });
    this.forget(connection);
  }

  /** A peer connected to a relay (RFC 6062 §5.3): told to the client where a permission exists, else closed. */
  handlePeerAccepted(relayId: number, handle: number, peer: TransportAddress, now: Instant): void {
    const relay = this.core.table.findRelay(relayId);
    const allocation = relay?.allocation;
    const isWelcome =
      relay !== undefined &&
      allocation?.transport === 'tcp' &&
      isUsable(relay, now) &&
      this.core.table.permission(relayId, peer, now) !== undefined &&
      this.of(allocation).length < this.core.limits.peerConnectionsPerAllocation;
    if (!isWelcome || allocation === undefined) return this.core.emit({ kind: 'refusePeer', handle });
    const connection = this.add(allocation, peer, { kind: 'unbound', deadline: addMilliseconds(now, bindTimeoutMs) });
    this.core.emit({ kind: 'adoptPeer', handle, peerConnection: connection.id });
    this.core.replies.indication(allocation.createdBy.path, turnMethod.connectionAttempt, this.core.randomBytes(12), 32, (builder) => {
      writeConnectionId(builder, connection.id);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    });
  }

  /** ConnectionBind on a stream of its own (RFC 6062 §5.4), with the credentials of the allocation. */
  handleConnectionBind(request: StunMessage, to: ReplyTo & { readonly by: Authenticated }): void {
    const id = readConnectionId(request);
    const connection = id === undefined ? undefined : this.byId.get(id);
    const { path } = to;
    if (path.kind !== 'stream' || this.core.table.find(path) !== undefined || this.byClient.has(path.connection)) return this.core.replies.error(to, 400);
    if (connection?.state.kind !== 'unbound') return this.core.replies.error(to, 400);
    if (connection.allocation.createdBy.by.username !== to.by.username) return this.core.replies.error(to, 441);
    connection.state = { kind: 'bound', connection: path.connection };
    this.byClient.set(path.connection, connection);
    this.core.replies.success(to);
    this.core.emit({ kind: 'bindStreams', connection: path.connection, peerConnection: connection.id });
  }

  /** How the client controls the allocation whose connection a ConnectionBind names. */
  controlPathFor(request: StunMessage): ClientPath | undefined {
    return this.byId.get(readConnectionId(request) ?? 0)?.allocation.createdBy.path;
  }

  /** The client's data connection is gone, and with it the peer's (RFC 6062 §5.5). */
  handleClientClosed(connection: number): void {
    const bound = this.byClient.get(connection);
    if (bound === undefined) return;
    this.core.emit({ kind: 'closePeer', peerConnection: bound.id });
    this.forget(bound);
  }

  handleStreamsRelayed(id: number, toPeerBytes: number, toClientBytes: number): void {
    const connection = this.byId.get(id);
    if (connection !== undefined) this.core.packets.addStreamBytes(connection.allocation, toPeerBytes, toClientBytes);
  }

  restAfter(id: number, bytes: number, now: Instant): number {
    const budgets = this.byId.get(id)?.allocation.account.budgets ?? [];
    return Math.max(0, ...budgets.map((budget) => budget.owe(bytes, now)));
  }

  handleTimeout(id: number, now: Instant): void {
    const connection = this.byId.get(id);
    if (connection === undefined || connection.state.kind === 'bound' || now < connection.state.deadline) return;
    this.core.emit({ kind: 'closePeer', peerConnection: id });
    this.handlePeerGone(id);
  }

  /** Closes all connections of a relay that ends (RFC 6062 §5.5). */
  closeAll(relay: Relay): void {
    for (const connection of this.of(relay.allocation)) {
      if (connection.peer.family !== relay.family) continue;
      this.core.emit({ kind: 'closePeer', peerConnection: connection.id });
      if (connection.state.kind === 'bound') this.core.emit({ kind: 'closeClient', connection: connection.state.connection });
      this.forget(connection);
    }
  }

  private of(allocation: Allocation): PeerConnection[] {
    return [...(this.byAllocation.get(allocation) ?? [])];
  }

  private add(allocation: Allocation, peer: TransportAddress, state: PeerConnectionState & { readonly deadline: Instant }): PeerConnection {
    let id = this.core.options.randomness.nextUint32();
    while (id === 0 || this.byId.has(id)) id = this.core.options.randomness.nextUint32();
    const connection: PeerConnection = { id, allocation, peer, state };
    this.byId.set(id, connection);
    this.byAllocation.set(allocation, (this.byAllocation.get(allocation) ?? new Set()).add(connection));
    this.core.wakeAt(state.deadline, { kind: 'peerConnection', id });
    return connection;
  }

  private awaitBind(connection: PeerConnection, now: Instant): void {
    const deadline = addMilliseconds(now, bindTimeoutMs);
    connection.state = { kind: 'unbound', deadline };
    this.core.wakeAt(deadline, { kind: 'peerConnection', id: connection.id });
  }

  private forget(connection: PeerConnection): void {
    this.byId.delete(connection.id);
    const others = this.byAllocation.get(connection.allocation);
    others?.delete(connection);
    if (others?.size === 0) this.byAllocation.delete(connection.allocation);
    if (connection.state.kind === 'bound') this.byClient.delete(connection.state.connection);
  }
}
