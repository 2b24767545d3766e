import { formatIpAddress, parseIpAddress } from '@dialplane/stun';

/** What a host is where no name has to be looked up. */
export interface NumericHost {
  readonly family: 4 | 6;
  /** Dotted quad or RFC 5952, without brackets: equal addresses are equal texts. */
  readonly address: string;
}

/** Whether `text` is a host (RFC 3261 §25.1): a name, an IPv4 address, or an IPv6 address in brackets. Lenient about names with underscores or digits at the end. */
export function isHost(text: string): boolean {
  if (text.startsWith('[')) return numericHost(text) !== undefined;
  return /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*\.?$/.test(text);
}

/**
 * The address where `host` is one, an IPv6 address with or without brackets; `undefined` for a name. A third colon before an IPv4 address is the mistake of an old grammar
 * (RFC 5118 §4.10).
 */
export function numericHost(host: string): NumericHost | undefined {
  const hasBrackets = host.startsWith('[') && host.endsWith(']');
  const address = parseIpAddress(hasBrackets ? host.slice(1, -1).replace(/:::(?=\d+\.)/, '::') : host);
  if (address === undefined || (hasBrackets && address.family === 4)) return undefined;
  return { family: address.family, address: formatIpAddress(address) };
}

/** Whether two hosts are the same: names without case, IPv6 addresses however they are written. */
export function isSameHost(a: string, b: string): boolean {
  if (a === b || a.toLowerCase() === b.toLowerCase()) return true;
  if (!a.startsWith('[') || !b.startsWith('[')) return false;
  const first = numericHost(a);
  return first !== undefined && first.address === numericHost(b)?.address;
}
