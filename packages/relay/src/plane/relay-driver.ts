import { CoalescingMeter, createUdpSockets, nodeRandomness, openStunCrypto, type UdpSockets } from '@dialplane/kernels';
import { type Instant, instant, type Randomness } from '@dialplane/sansio';
import { TurnServer, type TurnServerInput, type TurnServerOutput } from '@dialplane/turn';
import type { CounterFile } from '../counters/counter-file.ts';
import type { RelayGrant } from '../relay-grant.ts';
import { defaultRelayLimits, type RelayLimits, type RelayPlaneSettings } from '../relay-plane-options.ts';
import type { RelayUsageEvent } from '../relay-plane.ts';
import { BindingAnswers } from './packets/binding-answers.ts';
import { Grants } from './limits/grants.ts';
import { Hairpin } from './packets/hairpin.ts';
import { Listeners } from './ports/listeners.ts';
import type { MachineAddresses } from './ports/machine-addresses.ts';
import { MachineOutputs } from './machine-outputs.ts';
import { PacketBatch } from './packets/packet-batch.ts';
import { PacketPath } from './packets/packet-path.ts';
import type { PlaneLog, UsageToken } from './plane-messages.ts';
import type { PlaneCounters } from './plane-statistics.ts';
import { PeerStreams } from './streams/peer-streams.ts';
import { Quotas } from './limits/quotas.ts';
import { RelayPorts } from './ports/relay-ports.ts';
import { StrangerLimit } from './limits/stranger-limit.ts';
import { StreamClients } from './streams/stream-clients.ts';
import { UdpRelays } from './packets/udp-relays.ts';
import { UsageReports } from './usage-reports.ts';

export interface RelayDriverOptions {
  readonly settings: RelayPlaneSettings;
  readonly addresses: MachineAddresses;
  readonly counterFile: CounterFile;
  readonly counters: PlaneCounters;
  readonly log: PlaneLog;
  /** Part of every allocation's id: random for each run. */
  readonly runId: string;
  readonly tellUsage: (event: RelayUsageEvent, token: UsageToken) => void;
  /** See {@link Grants}. */
  readonly catchUp: () => void;
}

/**
 * Where the TURN machine meets the world: sockets, streams, timers, ports and the ledger. Everything happens in `act`: an input, then all that the machine wants
 * done, then what is to be sent, then the next wake-up.
 */
export class RelayDriver {
  readonly listeners: Listeners;
  readonly sockets: UdpSockets;
  readonly streams: StreamClients;
  readonly usage: UsageReports;
  private readonly options: RelayDriverOptions;
  private readonly limits: RelayLimits;
  private readonly batch: PacketBatch;
  private readonly server: TurnServer;
  private readonly grants: Grants;
  private readonly quotas: Quotas;
  private readonly ports: RelayPorts;
  private readonly relays: UdpRelays;
  private readonly peerStreams: PeerStreams;
  private readonly packets: PacketPath;
  private readonly outputs: MachineOutputs;
  private readonly meter = new CoalescingMeter();
  private acting = 0;
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Number.POSITIVE_INFINITY;

  constructor(options: RelayDriverOptions) {
    const { settings, counters, addresses, log } = options;
    const randomness = nodeRandomness();
    this.options = options;
    this.limits = { ...defaultRelayLimits, ...settings.limits };
    this.sockets = createUdpSockets({ thread: 'own', onBatch: (count) => this.serveBatch(count), ...(settings.udpImplementation === undefined ? {} : { implementation: settings.udpImplementation }) });
    this.batch = new PacketBatch(this.sockets);
    this.grants = new Grants({ ...settings, catchUp: options.catchUp, holds: (username) => this.server.holds(username), wallClock: Date.now });
    this.quotas = new Quotas(this.limits, (username) => this.grants.open(username));
    this.server = this.makeMachine(randomness);
    this.streams = this.makeStreams();
    this.listeners = new Listeners(this.sockets, (local) => this.streams.listen(local), log);
    this.relays = new UdpRelays(this.sockets);
    const hairpin = addresses.hasPublic ? new Hairpin(addresses, (family, port) => this.ports.relayAt(family, port)) : undefined;
    const give = (input: TurnServerInput): void => this.give(input);
    this.peerStreams = new PeerStreams({ streams: this.streams, hairpin, give, restAfter: (peerConnection, bytes) => this.server.restAfterStreamBytes(peerConnection, bytes, clock()) });
    this.ports = new RelayPorts(addresses.relayPorts, randomness, { udp: this.relays, tcp: this.peerStreams });
    addresses.policy.setRelays((port) => this.ports.isTaken(port));
    this.usage = new UsageReports({ runId: options.runId, counters: options.counterFile, grantOf: (username) => this.grants.grantOf(username), tell: options.tellUsage });
    const { sockets, batch, server, listeners, relays, streams, ports, peerStreams, usage } = this;
    const bindings = new BindingAnswers(listeners, (local) => addresses.advertised(local));
    const onFault = (error: unknown, input: TurnServerInput): void => this.giveUp(error, blameForInput(input));
    this.packets = new PacketPath({ sockets, batch, server, listeners, relays, streams, hairpin, bindings, counters, onFault });
    this.outputs = new MachineOutputs({ batch, streams, peerStreams, listeners, relays, ports, addresses, hairpin, usage, counters, log, give });
  }

  admit(grant: RelayGrant): void {
    this.grants.admit(grant);
  }

  revoke(credentialId: string): void {
    for (const username of this.grants.revoke(credentialId)) this.give({ kind: 'usernameRevoked', username });
  }

  confirm(token: UsageToken): void {
    if (this.usage.confirm(token)) this.give({ kind: 'usageTaken', slot: token.slot });
  }

  drain(): void {
    this.quotas.drain();
  }

  /** What has to happen now and then: brings figures up to date and forgets what is over. */
  keepHouse(): void {
    const { counters, counterFile } = this.options;
    const { challenged, unanswered, malformed } = this.server.statistics;
    const { receivedDatagrams, sentDatagrams, droppedSends } = this.sockets.statistics();
    const { relayed } = this.usage;
    counters.setAll({
      challenged,
      unanswered,
      malformed: malformed + this.packets.malformed,
      receivedDatagrams,
      sentDatagrams,
      droppedSends,
      packetsToPeer: relayed.toPeerPackets,
      bytesToPeer: relayed.toPeerBytes,
      packetsToClient: relayed.toClientPackets,
      bytesToClient: relayed.toClientBytes,
    });
    counterFile.setAlive(Date.now());
    this.grants.sweep();
  }

  /** Ends every allocation, tells its usage and closes what is open; `destroy` then ends the rest. */
  shutdown(): void {
    this.quotas.drain();
    this.listeners.stop();
    this.act((now) => this.server.shutdown(now));
    this.streams.closeAll();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.sockets.destroy();
  }

  /** The TURN machine, with what it asks about who it serves and whom they reach. */
  private makeMachine(randomness: Randomness): TurnServer {
    const { settings, addresses, counterFile } = this.options;
    return new TurnServer({
      realm: settings.realm,
      ...(settings.software === undefined ? {} : { software: settings.software }),
      crypto: openStunCrypto(),
      randomness,
      nonceSecret: crypto.getRandomValues(new Uint8Array(32)),
      credentials: this.grants,
      peers: addresses.policy,
      admission: this.quotas,
      strangers: new StrangerLimit(this.limits.challengesPerSecond, randomness.nextUint32()),
      families: addresses.families,
      transports: new Set(['udp', 'tcp']),
      canSetDontFragment: this.sockets.implementation === 'native',
      limits: { allocations: this.limits.allocations },
      counters: counterFile.totals,
      slotsFreed: 'whenTaken',
    });
  }

  private makeStreams(): StreamClients {
    return new StreamClients({
      slab: this.sockets.slab,
      limits: this.limits,
      counters: this.options.counters,
      onData: (client, chunk) => this.act((now) => this.packets.serveStream(client, chunk, now)),
      onClosed: (connection) => this.give({ kind: 'clientClosed', connection }),
    });
  }

  private serveBatch(count: number): number {
    const now = clock();
    this.acting += 1;
    this.packets.serveBatch(count, now);
    this.performAll();
    this.acting -= 1;
    this.streams.flush();
    const coalescing = this.meter.observe(count, now);
    if (coalescing !== undefined) {
      this.sockets.setCoalescing(coalescing);
      this.options.counters.set('coalescingMicroseconds', coalescing);
    }
    this.arm(now);
    return this.batch.take();
  }

  private give(input: TurnServerInput): void {
    this.act((now) => this.server.handle(input, now));
  }

  /** Runs `work` and all that follows from it; inside another `act` that one sees to it. */
  private act(work: (now: Instant) => void): void {
    const now = clock();
    this.acting += 1;
    try {
      work(now);
    } catch (error) {
      this.giveUp(error, undefined);
    }
    if (this.acting === 1) this.performAll();
    this.acting -= 1;
    if (this.acting > 0) return;
    this.streams.flush();
    this.batch.flush();
    this.arm(now);
  }

  private performAll(): void {
    for (let output = this.server.poll(); output !== undefined; output = this.server.poll()) {
      try {
        this.outputs.perform(output);
      } catch (error) {
        this.giveUp(error, blameForOutput(output));
      }
    }
  }

  /** A bug of ours costs the allocation it happened to (STYLE: errors, third kind). */
  private giveUp(error: unknown, blame: TurnServerInput | undefined): void {
    this.options.counters.add('faults');
    this.options.log('error', { err: error instanceof Error ? error : new Error(String(error)), limited: 'fault' }, 'The relay failed at an input or output; its allocation ends.');
    if (blame !== undefined) this.give(blame);
  }

  private arm(now: Instant): void {
    const next = this.server.pollTimeout();
    if (next === undefined || next >= this.wakeAt) return;
    clearTimeout(this.timer);
    this.wakeAt = next;
    this.timer = setTimeout(() => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.act((later) => this.server.handleTimeout(later));
    }, Math.max(0, Math.ceil(next - now)));
  }
}

function clock(): Instant {
  return instant(performance.now());
}

/** What to tell the machine when its answer to an input failed. */
function blameForInput(input: TurnServerInput): TurnServerInput | undefined {
  if ('path' in input) return { kind: 'clientFailed', path: input.path };
  return 'relay' in input ? { kind: 'relayFailed', relay: input.relay, reason: 'serverError' } : undefined;
}

/** What to tell the machine when an output could not be performed. */
function blameForOutput(output: TurnServerOutput): TurnServerInput | undefined {
  if (output.kind === 'usage') return { kind: 'clientFailed', path: output.record.path };
  if ('path' in output) return { kind: 'clientFailed', path: output.path };
  return 'relay' in output ? { kind: 'relayFailed', relay: output.relay, reason: 'serverError' } : undefined;
}
