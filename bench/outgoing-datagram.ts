import { outgoingWords, type UdpSockets } from '@dialplane/kernels';

/** An IPv4 address as a word in network order, and a port. */
export interface DatagramTarget {
  readonly word: number;
  readonly port: number;
}

/** Describes a datagram to be sent, as one of many: where it goes, and where in the slab it is. */
export function describeDatagram({ outgoing }: UdpSockets, index: number, socket: number, remote: DatagramTarget, offset: number, length: number): void {
  const words = index * outgoingWords.stride;
  outgoing[words + outgoingWords.socket] = socket;
  outgoing[words + outgoingWords.family] = 4;
  outgoing[words + outgoingWords.port] = remote.port;
  outgoing[words + outgoingWords.w0] = remote.word;
  outgoing[words + outgoingWords.offset] = offset;
  outgoing[words + outgoingWords.length] = length;
  outgoing[words + outgoingWords.headerLength] = 0;
  outgoing[words + outgoingWords.flags] = 0;
}
