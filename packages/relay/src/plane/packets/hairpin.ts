import { sameIpAddress, type TransportAddress } from '@dialplane/stun';
import type { MachineAddresses } from '../ports/machine-addresses.ts';

/**
 * Behind 1:1 NAT, relays of this machine know each other by the public address, and few such NATs send back what comes from inside. So what one relay sends to another
 * goes there directly, and seems to come from the public address, for which permissions are. Where addresses are public themselves nothing is changed.
 */
export class Hairpin {
  private readonly addresses: MachineAddresses;
  private readonly relayAt: (family: number, port: number) => TransportAddress | undefined;

  /** @param relayAt the address of the relay with a port. */
  constructor(addresses: MachineAddresses, relayAt: Hairpin['relayAt']) {
    this.addresses = addresses;
    this.relayAt = relayAt;
  }

  /** Where to send what is for `peer`. */
  outward(peer: TransportAddress): TransportAddress {
    return this.addresses.isPublic(peer) ? (this.relayAt(peer.family, peer.port) ?? peer) : peer;
  }

  /** Whose `source` is, as clients know it. */
  inward(source: TransportAddress): TransportAddress {
    const relay = this.relayAt(source.family, source.port);
    return relay !== undefined && sameIpAddress(relay, source) ? this.addresses.advertised(relay) : source;
  }
}
