import { addMilliseconds, Deadlines, earliest, type Instant, type Machine, type Randomness } from '@dialplane/sansio';
import {
  formatIpAddress,
  formatTransportAddress,
  LongTermClient,
  MessageBuilder,
  parseStunMessage,
  readAddress,
  readXorAddress,
  readXorAddressAt,
  stunAttribute,
  type StunCrypto,
  type StunMessage,
  type TransportAddress,
  writeXorAddress,
} from '@dialplane/stun';
import {
  readAddressError,
  readLifetime,
  readReservationToken,
  writeAddressFamily,
  writeEvenPort,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from '../attributes/allocation-attributes.ts';
import { readConnectionId, readIcmp, writeChannelNumber } from '../attributes/peer-attributes.ts';
import { encodeChannelData, firstChannel, lastChannel, parseChannelData } from '../channel-data.ts';
import { turnAttribute, turnKnownAttributes, turnMethod } from '../turn-numbers.ts';
import type { AllocateWish, RefusedRequest, TurnClientEnd, TurnClientInput, TurnClientOutput } from './client-events.ts';
import { ClientRequests, type RequestEnd } from './client-requests.ts';
import { ConnectionBindClient } from './connection-bind-client.ts';

/** Permissions last 300 s, channels 600 s and refresh their permission (RFC 8656 §9, §12): both are asked for again in time. */
const keepUpMs = 240_000;
/** RFC 8656 §8: an allocation is refreshed about a minute before it expires. */
const refreshMarginMs = 60_000;
/** A server that grants next to nothing does not make the client ask without pause. */
const shortestRefreshMs = 1000;

/** So many peers of IPv6 fit into a request. */
const peersPerRequest = 64;

type Purpose =
  | { readonly kind: 'allocate' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'release' }
  | { readonly kind: 'permit'; readonly peers: readonly TransportAddress[] }
  | { readonly kind: 'bindChannel'; readonly peer: TransportAddress; readonly channel: number }
  | { readonly kind: 'connectPeer'; readonly peer: TransportAddress };

/** What to do again when its time comes. */
type KeepUp = 'refresh' | `permit ${string}` | `channel ${number}`;

/** idle → allocating → allocated → releasing → ended; every failure of the allocation leads to ended. */
type ClientPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'allocating' }
  | { readonly kind: 'allocated'; readonly lifetimeSeconds: number }
  | { readonly kind: 'releasing' }
  | { readonly kind: 'ended' };

/** What a client needs. */
export interface TurnClientOptions {
  readonly username: string;
  readonly password: string;
  readonly crypto: StunCrypto;
  readonly randomness: Randomness;
  /** TCP and TLS: nothing is sent twice, ChannelData is padded. */
  readonly isStream: boolean;
}

interface ClientChannel {
  readonly number: number;
  readonly peer: TransportAddress;
  readonly isBound: boolean;
}

/** A TURN client with one allocation (RFC 8656, RFC 6062): gets it, keeps it, its permissions and channels up, moves data. */
export class TurnClient implements Machine<TurnClientInput, TurnClientOutput> {
  private readonly options: TurnClientOptions;
  private readonly credentials: LongTermClient;
  private readonly requests: ClientRequests<Purpose>;
  private readonly outputs: TurnClientOutput[] = [];
  private readonly keepUps = new Deadlines<KeepUp>();
  private readonly permitted = new Map<string, TransportAddress>();
  private readonly channels = new Map<string, ClientChannel>();
  private phase: ClientPhase = { kind: 'idle' };
  private nextChannel = firstChannel;

  constructor(options: TurnClientOptions) {
    this.options = options;
    this.credentials = new LongTermClient(options, options.crypto);
    this.requests = new ClientRequests(this.credentials, options.isStream, options.randomness, (bytes) => this.outputs.push({ kind: 'send', bytes }));
  }

  handle(input: TurnClientInput, now: Instant): void {
    if (this.phase.kind === 'ended') return;
    if (input.kind === 'received') this.handleBytes(input.bytes, now);
    else if (input.kind === 'pathFailed') this.requests.handlePathFailed(now);
    else if (input.kind === 'allocate') this.allocate(input.wish, now);
    else if (input.kind === 'release') this.release(now);
    else if (this.phase.kind === 'allocated') this.handleCommand(input, now);
    this.settle(now);
    if (input.kind === 'pathFailed') this.end('pathFailed');
  }

  handleTimeout(now: Instant): void {
    this.requests.handleTimeout(now);
    for (const due of this.keepUps.takeDue(now)) this.keepUp(due, now);
    this.settle(now);
  }

  poll(): TurnClientOutput | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.phase.kind === 'ended' ? undefined : earliest(this.requests.pollTimeout(), this.keepUps.next());
  }

  /** The machine for the new stream that a `connectionAttempt` or `peerConnected` calls for; it shares what is known of the server's challenge. */
  bindConnection(connectionId: number): ConnectionBindClient {
    return new ConnectionBindClient(connectionId, this.credentials, this.options.randomness);
  }

  private handleCommand(input: Exclude<TurnClientInput, { kind: 'received' | 'pathFailed' | 'allocate' | 'release' }>, now: Instant): void {
    if (input.kind === 'permit') return this.permit(input.peers, now);
    if (input.kind === 'bindChannel') return this.bindChannel(input.peer, now);
    if (input.kind === 'send') return this.sendData(input.peer, input.bytes);
    const { peer } = input;
    this.requests.start({ kind: 'connectPeer', peer }, turnMethod.connect, (builder) => writeXorAddress(builder, turnAttribute.xorPeerAddress, peer), now);
  }

  private allocate(wish: AllocateWish, now: Instant): void {
    if (this.phase.kind !== 'idle') return;
    this.phase = { kind: 'allocating' };
    this.requests.start({ kind: 'allocate' }, turnMethod.allocate, (builder) => writeWish(builder, wish), now);
  }

  /** A request to allocate that is under way is waited for: the server may have granted it already. */
  private release(now: Instant): void {
    const { kind } = this.phase;
    if (kind === 'idle') return this.end('released');
    this.phase = { kind: 'releasing' };
    if (kind === 'allocated') this.requestRelease(now);
  }

  private requestRelease(now: Instant): void {
    this.requests.start({ kind: 'release' }, turnMethod.refresh, (builder) => writeLifetime(builder, 0), now);
  }

  private permit(peers: readonly TransportAddress[], now: Instant): void {
    if (peers.length === 0) return;
    if (peers.length > peersPerRequest) {
      this.permit(peers.slice(0, peersPerRequest), now);
      return this.permit(peers.slice(peersPerRequest), now);
    }
    const write = (builder: MessageBuilder): void => peers.forEach((peer) => writeXorAddress(builder, turnAttribute.xorPeerAddress, peer));
    this.requests.start({ kind: 'permit', peers }, turnMethod.createPermission, write, now);
  }

  private bindChannel(peer: TransportAddress, now: Instant): void {
    const key = formatTransportAddress(peer);
    const channel = this.channels.get(key)?.number ?? this.nextChannel;
    if (channel > lastChannel) return;
    if (channel === this.nextChannel) this.nextChannel += 1;
    if (!this.channels.has(key)) this.channels.set(key, { number: channel, peer, isBound: false });
    const write = (builder: MessageBuilder): void => {
      writeChannelNumber(builder, channel);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    };
    this.requests.start({ kind: 'bindChannel', peer, channel }, turnMethod.channelBind, write, now);
  }

  private sendData(peer: TransportAddress, data: Uint8Array): void {
    const channel = this.channels.get(formatTransportAddress(peer));
    if (channel?.isBound === true) {
      this.outputs.push({ kind: 'send', bytes: encodeChannelData(channel.number, data, this.options.isStream) });
      return;
    }
    const builder = new MessageBuilder(new Uint8Array(20 + 24 + 8 + data.length)).begin('indication', turnMethod.send, this.requests.newTransactionId());
    writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    if (builder.fits(data.length)) this.outputs.push({ kind: 'send', bytes: builder.attribute(turnAttribute.data, data).finish() });
  }

  private handleBytes(bytes: Uint8Array, now: Instant): void {
    const channelData = parseChannelData(bytes);
    if (channelData !== undefined) {
      for (const { number, peer } of this.channels.values()) {
        if (number === channelData.channel) this.outputs.push({ kind: 'data', peer, bytes: channelData.data.slice() });
      }
      return;
    }
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok) return;
    if (parsed.value.messageClass === 'indication') this.handleIndication(parsed.value);
    else if (parsed.value.messageClass !== 'request') this.requests.handleResponse(parsed.value, now);
  }

  /** Data (RFC 8656 §11.4, §11.6) from peers that have a permission of ours, and ConnectionAttempt (RFC 6062 §4.4). */
  private handleIndication(message: StunMessage): void {
    const peer = readXorAddress(message, turnAttribute.xorPeerAddress);
    if (peer === undefined || message.unknownRequired(turnKnownAttributes).length > 0 || !this.permitted.has(formatIpAddress(peer))) return;
    const connectionId = readConnectionId(message);
    if (message.method === turnMethod.connectionAttempt && connectionId !== undefined) this.outputs.push({ kind: 'connectionAttempt', connectionId, peer });
    if (message.method !== turnMethod.data) return;
    const data = message.value(turnAttribute.data);
    const icmp = readIcmp(message);
    if (data !== undefined) this.outputs.push({ kind: 'data', peer, bytes: data.slice() });
    else if (icmp !== undefined) this.outputs.push({ kind: 'unreachable', peer, icmp });
  }

  private settle(now: Instant): void {
    for (let ended = this.requests.takeEnded(); ended !== undefined; ended = this.requests.takeEnded()) {
      if (this.phase.kind !== 'ended') this.handleEnd(ended.purpose, ended.end, now);
    }
  }

  private handleEnd(purpose: Purpose, end: RequestEnd, now: Instant): void {
    switch (purpose.kind) {
      case 'release':
        return this.end('released');
      case 'allocate':
        if (this.phase.kind === 'releasing') return end.kind === 'success' ? this.requestRelease(now) : this.end('released');
        return end.kind === 'success' ? this.handleLifetime('allocate', end.message, now) : this.endWith(end);
      case 'refresh':
        return end.kind === 'success' ? this.handleLifetime('refresh', end.message, now) : this.endWith(end);
      case 'permit':
        if (end.kind !== 'success') return this.refuse('permit', end, purpose.peers);
        for (const peer of purpose.peers) this.rememberPermission(peer, now);
        this.outputs.push({ kind: 'permitted', peers: purpose.peers });
        return;
      case 'bindChannel':
        if (end.kind !== 'success') {
          this.channels.delete(formatTransportAddress(purpose.peer));
          return this.refuse('bindChannel', end, [purpose.peer]);
        }
        this.permitted.set(formatIpAddress(purpose.peer), purpose.peer);
        this.channels.set(formatTransportAddress(purpose.peer), { number: purpose.channel, peer: purpose.peer, isBound: true });
        this.keepUps.set(`channel ${purpose.channel}`, addMilliseconds(now, keepUpMs));
        this.outputs.push({ kind: 'channelBound', peer: purpose.peer, channel: purpose.channel });
        return;
      default: {
        const connectionId = end.kind === 'success' ? readConnectionId(end.message) : undefined;
        if (connectionId === undefined) return this.refuse('connectPeer', end, [purpose.peer]);
        this.outputs.push({ kind: 'peerConnected', connectionId, peer: purpose.peer });
      }
    }
  }

  private handleLifetime(kind: 'allocate' | 'refresh', message: StunMessage, now: Instant): void {
    if (this.phase.kind === 'releasing') return;
    const lifetimeSeconds = readLifetime(message) ?? 0;
    this.phase = { kind: 'allocated', lifetimeSeconds };
    const lifetimeMs = lifetimeSeconds * 1000;
    this.keepUps.set('refresh', addMilliseconds(now, Math.max(lifetimeMs - refreshMarginMs, lifetimeMs / 2, shortestRefreshMs)));
    if (kind === 'refresh') return;
    const relayed: TransportAddress[] = [];
    for (let at = message.find(turnAttribute.xorRelayedAddress); at >= 0; at = message.findNext(turnAttribute.xorRelayedAddress, at)) {
      const address = readXorAddressAt(message, at);
      if (address !== undefined) relayed.push(address);
    }
    const mapped = readXorAddress(message, stunAttribute.xorMappedAddress);
    this.outputs.push({ kind: 'allocated', relayed, mapped, lifetimeSeconds, reservationToken: readReservationToken(message), addressError: readAddressError(message) });
  }

  private rememberPermission(peer: TransportAddress, now: Instant): void {
    const ip = formatIpAddress(peer);
    this.permitted.set(ip, peer);
    this.keepUps.set(`permit ${ip}`, addMilliseconds(now, keepUpMs));
  }

  private keepUp(due: KeepUp, now: Instant): void {
    if (this.phase.kind !== 'allocated') return;
    if (due === 'refresh') {
      const { lifetimeSeconds } = this.phase;
      return this.requests.start({ kind: 'refresh' }, turnMethod.refresh, (builder) => writeLifetime(builder, lifetimeSeconds), now);
    }
    const [what, key = ''] = due.split(' ');
    const peer = what === 'permit' ? this.permitted.get(key) : [...this.channels.values()].find(({ number }) => number === Number(key))?.peer;
    if (peer !== undefined && what === 'permit') this.permit([peer], now);
    else if (peer !== undefined) this.bindChannel(peer, now);
  }

  private refuse(request: RefusedRequest, end: RequestEnd, peers: readonly TransportAddress[]): void {
    if (end.kind !== 'refused' || end.code === 437) return this.endWith(end);
    this.outputs.push({ kind: 'refused', request, code: end.code, reason: end.reason, peers });
  }

  private endWith(end: RequestEnd): void {
    if (end.kind === 'failed') return this.end(end.code);
    if (end.kind !== 'refused') return this.end('unknownAttribute');
    const alternate = end.code === 300 ? readAddress(end.message, stunAttribute.alternateServer) : undefined;
    const wasAllocated = this.phase.kind === 'allocated';
    this.end(end.code === 437 && wasAllocated ? 'allocationLost' : 'refused', { code: end.code, ...(alternate === undefined ? {} : { alternate }) });
  }

  private end(reason: TurnClientEnd, more: { readonly code?: number; readonly alternate?: TransportAddress } = {}): void {
    if (this.phase.kind === 'ended') return;
    this.phase = { kind: 'ended' };
    this.outputs.push({ kind: 'ended', reason, ...more });
  }
}

function writeWish(builder: MessageBuilder, wish: AllocateWish): void {
  writeRequestedTransport(builder, wish.transport ?? 'udp');
  if (wish.lifetimeSeconds !== undefined) writeLifetime(builder, wish.lifetimeSeconds);
  if (wish.family === 'dual') {
    writeAddressFamily(builder, 'additionalAddressFamily', 6);
    // coturn knows the draft's number only; who does not know it ignores it.
    writeAddressFamily(builder, 'additionalAddressFamilyOfDraft', 6);
  } else if (wish.family !== undefined) writeAddressFamily(builder, 'requestedAddressFamily', wish.family);
  if (wish.port !== undefined) writeEvenPort(builder, wish.port === 'evenAndNext');
  if (wish.reservationToken !== undefined) writeReservationToken(builder, wish.reservationToken);
  if (wish.dontFragment === true) builder.attribute(turnAttribute.dontFragment, new Uint8Array(0));
}
