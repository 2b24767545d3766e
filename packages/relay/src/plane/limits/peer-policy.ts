import { type IpAddress, ipv4Address, parseIpAddress, sameIpAddress, type TransportAddress } from '@dialplane/stun';
import { peerAddressKind, type PeerPolicy } from '@dialplane/turn';
import type { PortRange, RelayPeers } from '../../relay-plane-options.ts';
import { RelayError } from '../../relay-error.ts';
import { type AddressRange, isInRange, parseAddressRange } from './address-range.ts';

/**
 * Whom relays may reach:
 * 1. on our own addresses relayed ones and media processors, and nothing else that listens there; 2. never loopback, link-local, multicast, unspecified,
 * reserved addresses and those from which clouds hand out credentials; 3. private ones in ranges that are allowed; 4. the rest of the world.
 *
 * An IPv4 address inside an IPv6 one counts as what it hides. A permission names no port: what is sent under it is judged again with the port.
 */
export class RelayPeerPolicy implements PeerPolicy {
  private readonly mediaProcessors: ReadonlyArray<{ readonly ip: IpAddress; readonly ports: PortRange }>;
  private readonly allowed: readonly AddressRange[] | undefined;
  private readonly laboratory: readonly AddressRange[];
  private own: readonly IpAddress[] = [];
  private isRelay: (port: number) => boolean;
  private isPrivateMachine = false;

  /** @throws {RelayError} `RELAY_ADDRESS_INVALID` for what is no address or range. */
  constructor(relayPorts: PortRange, peers: RelayPeers = {}) {
    this.isRelay = (port) => isPortIn(port, relayPorts);
    this.allowed = peers.allowed?.map(readRange);
    this.laboratory = (peers.laboratory ?? []).map(readRange);
    this.mediaProcessors = (peers.mediaProcessors ?? []).map(({ address, ports }) => ({ ip: readAddress(address), ports }));
  }

  /** @param own addresses of this machine and the public ones that lead to it; replaces the last ones. */
  setOwnAddresses(own: readonly IpAddress[]): void {
    this.own = own;
    this.isPrivateMachine = own.every((ip) => peerAddressKind(ip) !== 'global');
  }

  /** @param isRelay whether one of our ports is a relay's now; others in the range of relays may be anybody's. */
  setRelays(isRelay: (port: number) => boolean): void {
    this.isRelay = isRelay;
  }

  permits(peer: TransportAddress): boolean {
    if (this.laboratory.some((range) => isInRange(peer, range))) return true;
    if (this.mediaProcessors.some(({ ip, ports }) => sameIpAddress(ip, peer) && isPortIn(peer.port, ports))) return true;
    const isOwn = this.own.some((ip) => sameIpAddress(ip, peer));
    // Media processes listen on whichever addresses this machine has by now.
    if (isOwn) return peer.port === 0 || this.isRelay(peer.port) || this.mediaProcessors.some(({ ports }) => isPortIn(peer.port, ports));
    const kind = peerAddressKind(peer);
    if (kind !== 'private') return kind === 'global';
    if (this.allowed === undefined) return this.isPrivateMachine;
    const shown = hiddenIpv4(peer) ?? peer;
    return this.allowed.some((range) => isInRange(shown, range));
  }
}

/** Port 0 asks about an address as a whole: some of its ports are reachable. */
function isPortIn(port: number, { first, last }: PortRange): boolean {
  return port === 0 || (port >= first && port <= last);
}

/** The IPv4 address that a NAT64 address (RFC 6052 §2.1) stands for: a range that forbids the one forbids the other. */
function hiddenIpv4(ip: IpAddress): IpAddress | undefined {
  return ip.family === 6 && ip.w0 === 0x0064ff9b && ip.w1 === 0 && ip.w2 === 0 ? ipv4Address(ip.w3) : undefined;
}

function readRange(text: string): AddressRange {
  const range = parseAddressRange(text);
  if (range === undefined) throw new RelayError('RELAY_ADDRESS_INVALID', text);
  return range;
}

function readAddress(text: string): IpAddress {
  const ip = parseIpAddress(text);
  if (ip === undefined) throw new RelayError('RELAY_ADDRESS_INVALID', text);
  return ip;
}
