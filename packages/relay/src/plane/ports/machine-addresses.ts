import { networkInterfaces } from 'node:os';
import { formatIpAddress, type IpAddress, parseIpAddress, sameIpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import { type AddressFamily, peerAddressKind } from '@dialplane/turn';
import { RelayError } from '../../relay-error.ts';
import type { PortRange, RelayPlaneSettings } from '../../relay-plane-options.ts';
import { RelayPeerPolicy } from '../limits/peer-policy.ts';

/** Between carriers' trunk RTP and the end (DESIGN: ports). */
const defaultRelayPorts: PortRange = { first: 53_248, last: 65_535 };

/**
 * The addresses of this machine: where to listen, on which to relay, what the world calls them, and what that means for the peer policy.
 *
 * A client is relayed on the address by which it reached us, so that on a machine in several networks its relay is in the one it knows; where that is
 * of the other family, loopback, or not known, on the best there is: global, then private, then loopback.
 */
export class MachineAddresses {
  readonly policy: RelayPeerPolicy;
  readonly relayPorts: PortRange;
  /** Families that can be relayed; the same set for ever, its content follows the machine. */
  readonly families = new Set<AddressFamily>();
  private readonly listenAddresses: readonly IpAddress[] | undefined;
  private readonly publicAddresses: readonly IpAddress[];
  private current: readonly IpAddress[] = [];

  /** @throws {RelayError} `RELAY_ADDRESS_INVALID`. */
  constructor({ listenAddresses, publicAddresses = [], relayPorts = defaultRelayPorts, peers }: Pick<RelayPlaneSettings, 'listenAddresses' | 'publicAddresses' | 'relayPorts' | 'peers'>) {
    this.relayPorts = relayPorts;
    this.policy = new RelayPeerPolicy(relayPorts, peers);
    this.listenAddresses = listenAddresses?.map(readAddress);
    this.publicAddresses = publicAddresses.map(readAddress);
    this.refresh();
  }

  /** Best first. */
  get local(): readonly IpAddress[] {
    return this.current;
  }

  /** Looks at the machine again. */
  refresh(): void {
    const found = (this.listenAddresses ?? machineAddresses()).toSorted((a, b) => rank(a) - rank(b));
    if (sameList(found, this.current)) return;
    this.current = found;
    this.policy.setOwnAddresses([...found.filter((ip) => this.mayRelayOn(ip)), ...this.publicAddresses]);
    this.families.clear();
    for (const { family } of found) this.families.add(family);
  }

  /** Where to relay for a client that reached us at `reached`; `undefined` where the machine has no address of the family. */
  relayOn(family: AddressFamily, reached: IpAddress | undefined): IpAddress | undefined {
    const known = reached?.family === family && peerAddressKind(reached) !== 'loopback' ? this.current.find((ip) => sameIpAddress(ip, reached)) : undefined;
    return known ?? this.current.find((ip) => ip.family === family);
  }

  /** Whether the machine was said to have public addresses. */
  get hasPublic(): boolean {
    return this.publicAddresses.length > 0;
  }

  isPublic(ip: IpAddress): boolean {
    return this.publicAddresses.some((known) => sameIpAddress(known, ip));
  }

  /** What to tell for an address of ours: behind 1:1 NAT the public one of its family, else itself. */
  advertised(local: TransportAddress): TransportAddress {
    if (peerAddressKind(local) === 'global') return local;
    const known = this.publicAddresses.find(({ family }) => family === local.family);
    return known === undefined ? local : transportAddress(known, local.port);
  }

  /** Loopback carries relays only where a family has nothing else; whoever else listens there is not to be reached. */
  private mayRelayOn(ip: IpAddress): boolean {
    return peerAddressKind(ip) !== 'loopback' || this.current.every((other) => other.family !== ip.family || peerAddressKind(other) === 'loopback');
  }
}

/** The addresses of this machine that can be listened on as they are: link-local ones need a zone. */
function machineAddresses(): readonly IpAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ address }) => parseIpAddress(address) ?? [])
    .filter((ip) => peerAddressKind(ip) !== 'linkLocal');
}

function readAddress(text: string): IpAddress {
  const ip = parseIpAddress(text);
  if (ip === undefined) throw new RelayError('RELAY_ADDRESS_INVALID', text);
  return ip;
}

function sameList(a: readonly IpAddress[], b: readonly IpAddress[]): boolean {
  return a.map(formatIpAddress).join(' ') === b.map(formatIpAddress).join(' ');
}

function rank(ip: IpAddress): number {
  const kind = peerAddressKind(ip);
  return kind === 'global' ? 0 : kind === 'private' ? 1 : 2;
}
