import type { UdpSockets } from '@dialplane/kernels';
import { formatIpAddress, type TransportAddress } from '@dialplane/stun';
import type { PortOpener } from '../ports/relay-ports.ts';

/** What may arrive between two looks, and no more than a client could take: a picture in bursts, let gather for a millisecond. */
const bufferBytes = 1024 * 1024;

/** The UDP sockets of relays: which belongs to which is asked twice for every packet. */
export class UdpRelays implements PortOpener {
  private readonly sockets: UdpSockets;
  private readonly relayBySocket = new Map<number, number>();
  private readonly socketByRelay = new Map<number, number>();

  constructor(sockets: UdpSockets) {
    this.sockets = sockets;
  }

  relayOf(socket: number): number | undefined {
    return this.relayBySocket.get(socket);
  }

  socketOf(relay: number): number | undefined {
    return this.socketByRelay.get(relay);
  }

  open(relay: number, local: TransportAddress, done: (opened: number | { readonly code: string }) => void): void {
    this.sockets.open({ address: formatIpAddress(local), port: local.port, bufferBytes }, (opened) => {
      if (typeof opened === 'number') {
        this.relayBySocket.set(opened, relay);
        this.socketByRelay.set(relay, opened);
      }
      done(opened);
    });
  }

  close(socket: number): void {
    const relay = this.relayBySocket.get(socket);
    this.relayBySocket.delete(socket);
    if (relay !== undefined) this.socketByRelay.delete(relay);
    this.sockets.close(socket);
  }
}
