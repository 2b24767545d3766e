import { type Instant, type Machine, unreachable } from '@dialplane/sansio';
import {
  checkFingerprint,
  formatTransportAddress,
  LongTermServer,
  type LongTermVerdict,
  parseStunMessage,
  StatelessNonces,
  type StunMessage,
  writeUnknownAttributes,
} from '@dialplane/stun';
import { turnKnownAttributes, turnMethod } from '../turn-numbers.ts';
import { Allocations } from './allocations.ts';
import type { Allocation, Authenticated } from './allocation.ts';
import type { PacketRelay } from './packet-relay.ts';
import { handleChannelBind, handleCreatePermission } from './peer-access.ts';
import { PeerConnections } from './peer-connections.ts';
import { handleChannelData, handleRelayDatagram, handleRelayIcmp, handleSendIndication } from './peer-data.ts';
import { handleRefresh } from './refresh.ts';
import { type ReplyTo, replyTo } from './replies.ts';
import type { ClientPath, TurnServerInput } from './server-input.ts';
import type { TurnServerOptions } from './server-options.ts';
import type { TurnServerOutput } from './server-output.ts';
import { ServerCore } from './server-core.ts';

/** Types of a 420's list, at most: an answer never gets longer than its request. */
const unknownAttributesListed = 32;
const requestMethods: ReadonlySet<number> = new Set([
  turnMethod.allocate,
  turnMethod.refresh,
  turnMethod.createPermission,
  turnMethod.channelBind,
  turnMethod.connect,
  turnMethod.connectionBind,
]);

/** How often strangers and peers sent what was not relayed or answered, by reason. */
export interface TurnServerStatistics {
  /** Neither STUN nor ChannelData, or damaged. */
  readonly malformed: number;
  /** Requests answered 401 or 438. */
  readonly challenged: number;
  /** Requests without valid credentials that got no answer, because policy said so. */
  readonly unanswered: number;
}

/**
 * A TURN server (RFC 8656, RFC 6062) without I/O. Binding requests are not for it: answer them with `answerBinding` of the STUN package.
 *
 * Requests are authenticated with long-term credentials and stateless nonces: a stranger makes it store nothing. `packets` is the way for media; `handle` takes
 * everything, at the price of a copy.
 */
export class TurnServer implements Machine<TurnServerInput, TurnServerOutput> {
  private readonly core: ServerCore;
  private readonly authentication: LongTermServer;
  private readonly allocations: Allocations;
  private readonly peerConnections: PeerConnections;
  private malformed = 0;
  private challenged = 0;
  private unanswered = 0;

  constructor(options: TurnServerOptions) {
    this.core = new ServerCore(options);
    const nonces = new StatelessNonces({ crypto: options.crypto, secret: options.nonceSecret });
    this.authentication = new LongTermServer({ realm: options.realm, nonces, credentials: options.credentials, crypto: options.crypto });
    this.peerConnections = new PeerConnections(this.core);
    this.allocations = new Allocations(this.core, (relay) => this.peerConnections.closeAll(relay));
  }

  /** The fast path for media. */
  get packets(): PacketRelay {
    return this.core.packets;
  }

  /** Allocations that exist, those being opened included. */
  get allocationCount(): number {
    return this.core.table.size;
  }

  /** Whether allocations or reservations of this username exist: they may be kept up after its credential has expired. */
  holds(username: string): boolean {
    return this.core.table.account(username) !== undefined;
  }

  /**
   * Counts bytes between bound streams against the user's rate. @returns how long the driver has to rest before it moves more of this connection, in milliseconds: a
   * stream cannot be dropped from, but slowed down.
   */
  restAfterStreamBytes(peerConnection: number, bytes: number, now: Instant): number {
    return this.peerConnections.restAfter(peerConnection, bytes, now);
  }

  get statistics(): TurnServerStatistics {
    return { malformed: this.malformed, challenged: this.challenged, unanswered: this.unanswered };
  }

  /** Fires due timers first: nothing that has expired is found by a request because its timer is late. */
  handle(input: TurnServerInput, now: Instant): void {
    this.handleTimeout(now);
    switch (input.kind) {
      case 'clientDatagram':
      case 'clientFrame':
        return this.handleClient(input.path, input.bytes, now);
      case 'clientClosed':
        return this.handleClientClosed(input.connection, now);
      case 'relayOpened':
        return this.allocations.handleRelayOpened(input.relay, input.address, now);
      case 'relayFailed':
        return this.allocations.handleRelayFailed(input.relay, input.reason, now);
      case 'relayDatagram':
        return handleRelayDatagram(this.core, input.relay, input.peer, input.bytes, now);
      case 'relayIcmp':
        return handleRelayIcmp(this.core, input.relay, input.peer, input.icmp, now);
      case 'peerConnected':
        return this.peerConnections.handlePeerConnected(input.peerConnection, now);
      case 'peerFailed':
      case 'peerClosed':
        return this.peerConnections.handlePeerGone(input.peerConnection);
      case 'peerAccepted':
        return this.peerConnections.handlePeerAccepted(input.relay, input.handle, input.peer, now);
      case 'usernameRevoked':
        return this.allocations.revoke(input.username, now);
      case 'clientFailed':
        return this.handleClientFailed(input.path, now);
      case 'usageTaken':
        return this.core.table.freeSlot(input.slot);
      case 'streamsRelayed':
        return this.peerConnections.handleStreamsRelayed(input.peerConnection, input.toPeerBytes, input.toClientBytes);
      default:
        return unreachable(input);
    }
  }

  handleTimeout(now: Instant): void {
    for (let timer = this.core.timers.takeDue(now); timer !== undefined; timer = this.core.timers.takeDue(now)) {
      if (timer.kind === 'allocation') this.allocations.handleTimeout(timer.id, now);
      else if (timer.kind === 'reservation') this.allocations.handleReservationTimeout(timer.token);
      else this.peerConnections.handleTimeout(timer.id, now);
    }
  }

  poll(): TurnServerOutput | undefined {
    return this.core.takeOutput();
  }

  pollTimeout(): Instant | undefined {
    return this.core.timers.next();
  }

  /** Ends every allocation and tells its usage; what the outputs say is then all that is left to do. */
  shutdown(now: Instant): void {
    this.allocations.shutdown(now);
  }

  private handleClient(path: ClientPath, bytes: Uint8Array, now: Instant): void {
    if (handleChannelData(this.core, path, bytes, now)) return;
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok || checkFingerprint(parsed.value) === 'invalid') {
      this.malformed += 1;
      return;
    }
    const message = parsed.value;
    if (message.messageClass === 'indication') return this.handleIndication(path, message, now);
    if (message.messageClass === 'request' && requestMethods.has(message.method)) this.handleRequest(path, message, now);
  }

  private handleClientClosed(connection: number, now: Instant): void {
    this.peerConnections.handleClientClosed(connection);
    const allocation = this.core.table.findConnection(connection);
    if (allocation !== undefined) this.allocations.end(allocation, 'clientClosed', now);
  }

  private handleClientFailed(path: ClientPath, now: Instant): void {
    const allocation = this.core.table.find(path);
    if (allocation !== undefined) this.allocations.end(allocation, 'relayFailed', now);
  }

  /** RFC 8489 §6.3.2: an indication with an attribute that is not understood is discarded. */
  private handleIndication(path: ClientPath, message: StunMessage, now: Instant): void {
    if (message.method === turnMethod.send && message.unknownRequired(turnKnownAttributes).length === 0) handleSendIndication(this.core, path, message, now);
  }

  /** RFC 8489 §6.3 and RFC 8656 §5: who asks comes first, then whether the request is understood, then whether it fits the allocation. */
  private handleRequest(path: ClientPath, request: StunMessage, now: Instant): void {
    const verdict = this.authenticate(path, request, now);
    if (verdict.kind !== 'authenticated') {
      if (this.core.options.strangers?.permits(path.remote, now) === false) {
        this.unanswered += 1;
        return;
      }
      const to = replyTo(request, path, undefined);
      if (verdict.kind === 'badRequest') return this.core.replies.error(to, 400);
      this.challenged += 1;
      return this.core.replies.error(to, verdict.code, (builder) => this.authentication.writeChallenge(builder, nonceScope(path), now));
    }
    const { username, key, responseIntegrity } = verdict;
    const to = { ...replyTo(request, path, verdict), by: { username, key, responseIntegrity } };
    const unknown = request.unknownRequired(turnKnownAttributes);
    if (unknown.length > 0) return this.core.replies.error(to, 420, (builder) => writeUnknownAttributes(builder, unknown.slice(0, unknownAttributesListed)));
    if (request.method === turnMethod.allocate) return this.allocations.handleAllocate(request, to, now);
    if (request.method === turnMethod.connectionBind) return this.peerConnections.handleConnectionBind(request, to);
    const allocation = this.core.table.find(path);
    if (allocation?.state.kind !== 'active') return this.core.replies.error(to, 437);
    if (allocation.createdBy.by.username !== username) return this.core.replies.error(to, 441);
    this.handleOnAllocation(allocation, request, to, now);
  }

  /**
   * A nonce is good for the path it was given to. Deviation: a ConnectionBind may carry that of its control connection, since clients that have one use it on the new
   * connection, and some do not understand 438 there.
   */
  private authenticate(path: ClientPath, request: StunMessage, now: Instant): LongTermVerdict {
    const verdict = this.authentication.check(request, nonceScope(path), now);
    if (verdict.kind !== 'challenge' || verdict.code !== 438 || request.method !== turnMethod.connectionBind) return verdict;
    const control = this.peerConnections.controlPathFor(request);
    return control === undefined ? verdict : this.authentication.check(request, nonceScope(control), now);
  }

  private handleOnAllocation(allocation: Allocation, request: StunMessage, to: ReplyTo & { readonly by: Authenticated }, now: Instant): void {
    switch (request.method) {
      case turnMethod.refresh:
        return handleRefresh(this.core, this.allocations, allocation, request, to, now);
      case turnMethod.createPermission:
        return handleCreatePermission(this.core, allocation, request, to, now);
      case turnMethod.channelBind:
        return handleChannelBind(this.core, allocation, request, to, now);
      default:
        return this.peerConnections.handleConnect(allocation, request, to, now);
    }
  }
}

function nonceScope(path: ClientPath): string {
  return `${path.kind === 'datagram' ? path.listener : 'stream'}|${formatTransportAddress(path.remote)}`;
}
