import { nodeRandomness, SourceAddresses } from '@dialplane/kernels';
import { type Instant, roundedUp } from '@dialplane/sansio';
import { type LinkedMessage, parseSipMessage, ProxyCore, type ProxyOutput, responseTo, type SipFlow, type SipLink, type SipMessage, type SipOrigin, type TimedTransaction, writeSipMessage } from '@dialplane/sip';
import { systemClock, type Clock } from '../clock.ts';
import { DigestGate } from './admission/digest-gate.ts';
import { OverloadGate } from './admission/overload-gate.ts';
import { SourceGate } from './admission/source-gate.ts';
import { EdgeMetrics } from './edge-metrics.ts';
import { MessageTap } from './messages/message-tap.ts';
import { SipMessageStore } from './messages/sip-message-store.ts';
import { Registrations } from './registrations/registrations.ts';
import { RegistrationStore } from './registrations/registration-store.ts';
import { insideFlow, originOf, submissionFlow } from './routing/edge-flows.ts';
import { EdgePolicy } from './routing/edge-policy.ts';
import { HopLookup } from './routing/hop-lookup.ts';
import { NextHops } from './routing/next-hops.ts';
import { OwnAddresses } from './routing/own-addresses.ts';
import { responseTarget } from './routing/response-target.ts';
import { RouteTokens } from './routing/route-tokens.ts';
import { defaultSipEdgeLimits, type SipEdge, type SipEdgeLimits, type SipEdgeOptions, type SipEdgeStatus, type SipRegistration } from './sip-edge-options.ts';
import { EdgePorts } from './transports/edge-ports.ts';
import { StreamPorts } from './transports/stream-ports.ts';
import { UdpPorts } from './transports/udp-ports.ts';

const tickMs = 1000;
/** How late timers of transactions may be: each call has half a dozen that end within a minute, at instants of their own. */
const latenessMs = 20;

/** Makes the SIP edge; `start` opens it. */
export function createSipEdge(options: SipEdgeOptions): SipEdge {
  return new Edge(options);
}

class Edge implements SipEdge {
  readonly link: SipLink;
  private readonly options: SipEdgeOptions;
  private readonly clock: Clock;
  private readonly limits: SipEdgeLimits;
  private readonly metrics: EdgeMetrics;
  private readonly addresses: OwnAddresses;
  private readonly udp: UdpPorts;
  private readonly streams: StreamPorts;
  private readonly ports: EdgePorts;
  private readonly hops: NextHops;
  private readonly overload: OverloadGate;
  private readonly digest: DigestGate;
  private readonly registrations: Registrations;
  private readonly tokens = new RouteTokens();
  private readonly tap: MessageTap;
  private readonly sources: SourceGate;
  private readonly core: ProxyCore;
  private readonly receivers: Array<(message: SipMessage, origin: SipOrigin) => void> = [];
  private wake: { readonly at: Instant; readonly cancel: () => void } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isServing = false;

  constructor(options: SipEdgeOptions) {
    const { store, logger, directory } = options;
    this.options = options;
    this.clock = options.clock ?? systemClock();
    this.limits = { ...defaultSipEdgeLimits, ...options.limits };
    this.metrics = new EdgeMetrics(options.metrics, { connections: () => this.streams.size, transactions: () => this.transactions, telephones: () => this.registrations.size });
    this.addresses = new OwnAddresses({ listenAddresses: options.listenAddresses, publicAddresses: options.publicAddresses ?? [] });
    this.digest = new DigestGate(directory);
    this.registrations = new Registrations({ clock: this.clock, digest: this.digest, store: new RegistrationStore(store, this.clock, logger), bindingsPerDevice: this.limits.bindingsPerDevice });
    this.tap = new MessageTap({ store: new SipMessageStore(store), logger, wallMs: () => this.clock.wallMs(), onFlowNote: (note) => options.onFlowNote?.(note) });
    this.sources = new SourceGate({ clock: this.clock, perSecond: this.limits.strangerRequestsPerSecond, directory, registrations: this.registrations, metrics: this.metrics });
    this.udp = this.makeUdpPorts();
    this.streams = this.makeStreamPorts();
    this.ports = new EdgePorts({ udp: this.udp, streams: this.streams, addresses: this.addresses, logger, port: options.port, tlsPort: options.tlsPort });
    this.hops = new NextHops({ udp: this.udp, streams: this.streams, sources: new SourceAddresses(() => this.clock.now()), lookup: new HopLookup(this.clock, options.nameServers) });
    this.overload = new OverloadGate(this.limits, () => this.clock.now());
    this.core = new ProxyCore({ randomness: nodeRandomness(), transactions: { transactionLimit: this.limits.transactions }, surroundings: this.makePolicy() });
    this.link = this.makeLink();
  }

  async start(): Promise<void> {
    await this.tokens.load(this.options.store);
    await this.registrations.load();
    await this.ports.open();
    this.timer = setInterval(() => void this.tick(), tickMs);
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.wake?.cancel();
    this.overload.close();
    this.streams.close();
    this.udp.close();
    await this.registrations.tick(this.clock.now());
    await this.tap.close();
  }

  status(): SipEdgeStatus {
    const { port, tlsPort } = this.ports;
    return {
      port, tlsPort, addresses: this.ports.listening, connections: this.streams.size, transactions: this.transactions, bindings: this.registrations.size,
    };
  }

  registrationsOf(username: string): readonly SipRegistration[] {
    return this.registrations.registrationsOf(username);
  }

  onRegistration(listener: (username: string) => void): void {
    this.registrations.onChange(listener);
  }

  unregister(username: string): void {
    this.registrations.unregister(username, this.clock.now());
  }

  watch(sipCallId: string, about: { readonly callId: string; readonly lane: string }): () => void {
    return this.tap.watch(sipCallId, about);
  }

  private get transactions(): number {
    const { clientTransactions, serverTransactions } = this.core.statistics;
    return clientTransactions + serverTransactions;
  }

  private makeUdpPorts(): UdpPorts {
    return new UdpPorts({
      admits: (bytes, offset, length, flow) => this.sources.admitsDatagram(bytes, offset, length, flow),
      onDatagram: (bytes, flow) => this.serve(bytes, flow, 'datagram'),
      onUnreachable: (flow) => {
        this.metrics.unreachable();
        this.handle({ kind: 'unreachable', flow });
      },
    });
  }

  private makeStreamPorts(): StreamPorts {
    const { certificate, trustedAuthorities = () => [] } = this.options;
    return new StreamPorts({
      limits: this.limits, certificate, trustedAuthorities, now: () => this.clock.now(),
      onMessage: (bytes, { flow, tlsNames }) => {
        if (this.sources.admitsMessage(bytes, flow, tlsNames)) this.serve(bytes, flow, 'stream');
        this.udp.flush();
      },
      onClosed: ({ flow, waiting = [] }) => this.lose(flow, waiting),
    });
  }

  private makePolicy(): EdgePolicy {
    const { directory, strangers, userAgents, onTrunkOptions } = this.options;
    return new EdgePolicy({
      directory, strangers, userAgents, digest: this.digest, addresses: this.addresses, registrations: this.registrations, overload: this.overload, tokens: this.tokens, counters: this.metrics,
      tlsNamesOf: ({ connectionId }) => this.streams.get(connectionId)?.tlsNames ?? [],
      flowTo: (uri) => this.hops.flowTo(uri),
      isOpen: ({ transport, connectionId }) => transport === 'udp' || this.streams.get(connectionId) !== undefined,
      onTrunkOptions: (trunkId) => onTrunkOptions?.(trunkId),
    });
  }

  /** Messages over the link are served in turns of their own: who sends one is not called back before it has returned. */
  private makeLink(): SipLink {
    return {
      flow: insideFlow,
      send: (message: SipMessage, about: LinkedMessage = {}) => queueMicrotask(() => {
        const flow = submissionFlow(about);
        this.tap.note('in', message, flow);
        this.handle({ kind: 'received', message, flow });
        this.udp.flush();
      }),
      onMessage: (listener) => this.receivers.push(listener),
      contactOf: (user, transport = 'udp') => {
        const host = this.addresses.preferred();
        const port = transport === 'tls' ? (this.ports.tlsPort ?? this.ports.port) : this.ports.port;
        return `sip:${user}@${host.includes(':') ? `[${host}]` : host}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}`;
      },
    };
  }

  /** A message from the network. What cannot be read is answered where it is a request and its sender is known. */
  private serve(bytes: Uint8Array, flow: SipFlow, framing: 'datagram' | 'stream'): void {
    const message = parseSipMessage(bytes, framing);
    if (message.kind === 'fault') {
      this.metrics.count('malformed');
      const { request } = message;
      if (request !== undefined && request.method !== 'ACK' && request.headers.has('Via') && this.sources.isKnown(flow)) {
        this.send({ kind: 'send', flow, message: responseTo(request, message.status, { reason: message.sentence }) });
      }
      return;
    }
    this.metrics.received();
    this.tap.note('in', message, flow, bytes);
    this.handle({ kind: 'received', message, flow });
  }

  private handle(input: Parameters<ProxyCore['handle']>[0]): void {
    try {
      this.core.handle(input, this.clock.now());
    } catch (error) {
      // A bug of ours costs the message it was found by.
      this.metrics.fault();
      this.options.logger.error({ err: error }, 'A SIP message could not be served.');
    }
    this.drain();
  }

  private drain(): void {
    if (this.isServing) return;
    this.isServing = true;
    try {
      for (let output = this.core.poll(); output !== undefined; output = this.core.poll()) this.perform(output);
    } finally {
      this.isServing = false;
    }
    this.arm();
  }

  private perform(output: ProxyOutput): void {
    if (output.kind === 'send') return this.send(output);
    const { resolutionId, uri, attempt } = output;
    void this.hops.find(uri, attempt).catch(() => undefined).then((flow) => {
      this.handle({ kind: 'resolved', resolutionId, flow });
      this.udp.flush();
    });
  }

  private send({ message, flow, transaction }: Extract<ProxyOutput, { kind: 'send' }>): void {
    if (flow.transport === 'inside') {
      this.tap.note('out', message, flow);
      const origin = message.kind === 'request' ? originOf(flow) : { kind: 'dialog' } as const;
      queueMicrotask(() => {
        for (const receive of this.receivers) receive(message, origin);
      });
      return;
    }
    const bytes = writeSipMessage(message);
    this.tap.note('out', message, flow, bytes);
    this.metrics.sent();
    transaction?.keepWritten(bytes);
    const isSent = flow.transport === 'udp' ? this.udp.send(flow, bytes) : this.streams.send(this.connectedFlow(message, flow), bytes, transaction);
    if (!isSent && transaction !== undefined) queueMicrotask(() => this.fail([transaction]));
  }

  /** The flow of a message; of a response whose connection is gone, that of another one to whom it is for, where there is room for one. */
  private connectedFlow(message: SipMessage, flow: SipFlow): SipFlow {
    if (message.kind === 'request' || this.streams.get(flow.connectionId) !== undefined || !this.streams.hasRoomFor(flow.remote.address)) return flow;
    const target = responseTarget(message, flow);
    return target === undefined ? flow : this.streams.connect(target).flow;
  }

  private fail(transactions: Iterable<TimedTransaction>): void {
    for (const transaction of transactions) this.handle({ kind: 'sendFailed', transaction });
    this.udp.flush();
  }

  private lose(flow: SipFlow, waiting: Iterable<TimedTransaction>): void {
    if (flow.connectionId !== undefined) this.registrations.loseConnection(flow.connectionId);
    this.fail(waiting);
  }

  private arm(): void {
    const next = this.core.pollTimeout();
    if (next === undefined) return;
    const at = roundedUp(next, latenessMs);
    if (this.wake !== undefined && this.wake.at <= at) return;
    this.wake?.cancel();
    this.wake = {
      at,
      cancel: this.clock.wakeAt(at, () => {
        this.wake = undefined;
        this.core.handleTimeout(this.clock.now());
        this.drain();
        this.arm();
        this.udp.flush();
      }),
    };
  }

  private async tick(): Promise<void> {
    await this.ports.follow();
    await this.registrations.tick(this.clock.now());
  }
}
