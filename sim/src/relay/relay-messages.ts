import { parseTransportAddress, type TransportAddress } from '@dialplane/stun';

/** A UDP datagram between hosts of the relay's world. */
export interface Datagram {
  readonly source: TransportAddress;
  readonly destination: TransportAddress;
  readonly bytes: Uint8Array;
}

/** The world's hosts by their IPv4 address: its last word is the host's number. */
export function hostOf(address: TransportAddress): string {
  const number = address.w0 & 0xffff;
  if (address.w0 === serverAddress.w0) return 'server';
  return address.w0 >>> 16 === 0xc612 ? `peer-${number}` : `user-${number}`;
}

/** The relay's host; its relays have the same address and other ports. */
export const serverAddress = known('203.0.113.1:3478');

/** Users live in 100.1.0.0/16: the number is the low half of the address. */
export function userAddress(number: number, port: number): TransportAddress {
  return known(`100.1.${number >>> 8}.${number & 255}:${port}`);
}

/** Peers live in 198.18.0.0/16. */
export function peerAddress(number: number): TransportAddress {
  return known(`198.18.${number >>> 8}.${number & 255}:7000`);
}

function known(text: string): TransportAddress {
  const address = parseTransportAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}
