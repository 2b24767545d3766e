import { outgoingWords } from './udp-sockets.ts';

/** Where a datagram goes, in words as descriptors have them: an IPv4 address fills `w0` and leaves the rest 0. */
export interface DatagramDestination {
  readonly family: 4 | 6;
  readonly port: number;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** Writes the descriptor whose first word is at `at` of `outgoing`: `length` bytes of the slab from `offset` on, with nothing in front of them. */
export function describeDatagram(outgoing: Int32Array, at: number, socket: number, to: DatagramDestination, offset: number, length: number): void {
  outgoing[at + outgoingWords.socket] = socket;
  outgoing[at + outgoingWords.family] = to.family;
  outgoing[at + outgoingWords.port] = to.port;
  outgoing[at + outgoingWords.w0] = to.w0;
  outgoing[at + outgoingWords.w1] = to.w1;
  outgoing[at + outgoingWords.w2] = to.w2;
  outgoing[at + outgoingWords.w3] = to.w3;
  outgoing[at + outgoingWords.offset] = offset;
  outgoing[at + outgoingWords.length] = length;
  outgoing[at + outgoingWords.headerOffset] = 0;
  outgoing[at + outgoingWords.headerLength] = 0;
  outgoing[at + outgoingWords.flags] = 0;
}
