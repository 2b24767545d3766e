import type { AddressWords } from '@dialplane/kernels';
import type { SipFlow, SocketAddress } from '@dialplane/sip';

/** Between one of our UDP ports and a transport address, with what the kernel wants to know of it. Two with the same addresses are the same flow. */
export class UdpFlow implements SipFlow {
  readonly transport = 'udp';
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly socket: number;
  readonly family: 4 | 6;
  readonly words: AddressWords;

  constructor(socket: number, local: SocketAddress, remote: SocketAddress, words: AddressWords) {
    this.socket = socket;
    this.local = local;
    this.remote = remote;
    this.family = remote.address.includes(':') ? 6 : 4;
    this.words = words;
  }
}
