import type { SipFlow } from '@dialplane/sip';

/** What is on the links of a world of telephones: one SIP message. */
export type SipDatagram = Uint8Array;

/** Hosts are named by their addresses: `10.0.0.1`. */
export function flowBetween(local: string, remote: string): SipFlow {
  return { transport: 'udp', local: { address: local, port: 5060 }, remote: { address: remote, port: 5060 } };
}

/** The address of the `number`th telephone. */
export function telephoneAddress(number: number): string {
  return `10.0.${Math.floor(number / 250)}.${(number % 250) + 1}`;
}

export const proxyAddress = '10.9.9.9';
