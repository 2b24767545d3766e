import { unreachable } from '@dialplane/sansio';
import type { IpAddress } from '@dialplane/stun';
import type { ClientPath, TurnServerInput, TurnServerOutput, UsageRecord } from '@dialplane/turn';
import type { RelayUsageEvent } from '../relay-plane.ts';
import type { Hairpin } from './packets/hairpin.ts';
import type { Listeners } from './ports/listeners.ts';
import type { MachineAddresses } from './ports/machine-addresses.ts';
import type { PacketBatch } from './packets/packet-batch.ts';
import type { PeerStreams } from './streams/peer-streams.ts';
import type { PlaneLog } from './plane-messages.ts';
import type { PlaneCounters } from './plane-statistics.ts';
import type { OpenRelay, RelayPorts } from './ports/relay-ports.ts';
import type { StreamClients } from './streams/stream-clients.ts';
import type { UdpRelays } from './packets/udp-relays.ts';
import type { UsageReports } from './usage-reports.ts';

export interface MachineOutputsOptions {
  readonly batch: PacketBatch;
  readonly streams: StreamClients;
  readonly peerStreams: PeerStreams;
  readonly listeners: Listeners;
  readonly relays: UdpRelays;
  readonly ports: RelayPorts;
  readonly addresses: MachineAddresses;
  /** Where there is 1:1 NAT. */
  readonly hairpin: Hairpin | undefined;
  readonly usage: UsageReports;
  readonly counters: PlaneCounters;
  readonly log: PlaneLog;
  readonly give: (input: TurnServerInput) => void;
}

const allocationsOver = { udp: 'allocationsUdp', tcp: 'allocationsTcp', tls: 'allocationsTls' } as const;

/** Does what the machine wants done. */
export class MachineOutputs {
  private readonly options: MachineOutputsOptions;

  constructor(options: MachineOutputsOptions) {
    this.options = options;
  }

  perform(output: TurnServerOutput): void {
    const { batch, streams, peerStreams, relays, ports, hairpin } = this.options;
    switch (output.kind) {
      case 'sendToClient':
        if (output.path.kind === 'datagram') batch.addBytes(output.path.listener, output.path.remote, output.bytes);
        else streams.send(output.path.connection, output.bytes);
        return;
      case 'openRelay':
        return this.openRelay(output);
      case 'closeRelay':
        // What was counted for it a moment ago is still to be sent from its socket.
        batch.flush();
        return ports.close(output.relay);
      case 'sendToPeer': {
        const socket = relays.socketOf(output.relay);
        if (socket !== undefined) batch.addBytes(socket, hairpin?.outward(output.peer) ?? output.peer, output.bytes, output.dontFragment);
        return;
      }
      case 'usage':
        return this.reportUsage(output.record);
      case 'closeClient':
        return streams.close(output.connection);
      case 'connectPeer':
        return peerStreams.connect(ports.openedOf(output.relay) ?? 0, output.peerConnection, output.peer);
      case 'adoptPeer':
        return peerStreams.adopt(output.handle, output.peerConnection);
      case 'refusePeer':
        return peerStreams.refuse(output.handle);
      case 'bindStreams':
        return this.bindStreams(output.connection, output.peerConnection);
      case 'closePeer':
        return peerStreams.closePeer(output.peerConnection);
      default:
        return unreachable(output);
    }
  }

  private openRelay(request: OpenRelay): void {
    const { addresses, counters, log, ports, give } = this.options;
    const { relay, family } = request;
    const ip = addresses.relayOn(family, this.reachedBy(request.path));
    if (ip === undefined) return give({ kind: 'relayFailed', relay, reason: 'unsupportedFamily' });
    ports.open(request, ip, (outcome) => {
      if (outcome.kind === 'opened') return give({ kind: 'relayOpened', relay, address: addresses.advertised(outcome.local) });
      counters.add('portsExhausted');
      log('warn', { code: outcome.detail, limited: 'relayPort' }, 'A relay port could not be opened.');
      give({ kind: 'relayFailed', relay, reason: outcome.reason });
    });
  }

  /** The address of ours that a client knows. */
  private reachedBy(path: ClientPath): IpAddress | undefined {
    const { listeners, streams } = this.options;
    return path.kind === 'datagram' ? listeners.of(path.listener)?.local : streams.get(path.connection)?.local;
  }

  private bindStreams(connection: number, peerConnection: number): void {
    const { streams, peerStreams, give } = this.options;
    const client = streams.get(connection);
    if (client === undefined) give({ kind: 'clientClosed', connection });
    else peerStreams.bind(client, peerConnection);
  }

  private reportUsage(record: UsageRecord): void {
    const { counters, streams, usage } = this.options;
    const { event, path } = record;
    if (event.kind === 'started') counters.add(allocationsOver[this.transportOf(path)]);
    if (event.kind !== 'continued') counters.add('allocationsNow', event.kind === 'started' ? 1 : -1);
    if (event.kind !== 'continued' && path.kind === 'stream') streams.setAllocated(path.connection, event.kind === 'started');
    usage.report(record, this.transportOf(path));
  }

  private transportOf(path: ClientPath): RelayUsageEvent['clientTransport'] {
    return path.kind === 'datagram' ? 'udp' : (this.options.streams.get(path.connection)?.transport ?? 'tcp');
  }
}
