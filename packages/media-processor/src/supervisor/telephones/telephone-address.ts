import { isIP, isIPv6 } from 'node:net';
import type { SourceAddresses } from '@dialplane/kernels';

/** Where a telephone's leg listens, and what it says of that. */
export interface TelephoneAddress {
  readonly listen: string;
  /** Another one where the machine is behind a NAT that maps addresses one to one. */
  readonly announced: string;
}

/** What this machine has. */
export interface OwnAddresses {
  /** That media processes listen on, best first. */
  readonly listening: readonly string[];
  /** By which others reach it, where those differ. */
  readonly public: readonly string[];
}

/**
 * Chooses the address at which somebody reaches us: the one that the system's routes lead there by, as far as we listen on it, else the best. Who is in a private network is told that
 * one; everybody else, and who is not known, a public one.
 * @param towards An IP address; of nobody in particular without it.
 * @returns undefined where we listen on none of its family.
 */
export async function telephoneAddress(own: OwnAddresses, sources: SourceAddresses, towards: string | undefined): Promise<TelephoneAddress | undefined> {
  const isSix = towards !== undefined && isIPv6(towards);
  const listening = own.listening.filter((address) => isIPv6(address) === isSix);
  const routed = towards === undefined || listening.length < 2 ? undefined : await sources.find(towards);
  const listen = listening.find((address) => address === routed) ?? listening[0];
  if (listen === undefined) return undefined;
  const announced = towards !== undefined && isPrivate(towards) ? undefined : own.public.find((address) => isIPv6(address) === isSix);
  return { listen, announced: announced ?? listen };
}

/** Where a description says its media goes to. */
export function connectionAddress(sdp: string): string | undefined {
  const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1];
  return address !== undefined && isIP(address) !== 0 && !/^[0.:]+$/.test(address) ? address : undefined;
}

/** Loopback, link-local, and what is in nobody's routes (RFC 1918, RFC 6598, RFC 4193). */
function isPrivate(address: string): boolean {
  if (isIPv6(address)) return /^(?:::1$|f[cd]|fe[89ab])/i.test(address);
  const [first = 0, second = 0] = address.split('.').map(Number);
  return first === 10 || first === 127 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168) || (first === 169 && second === 254) || (first === 100 && second >= 64 && second <= 127);
}
