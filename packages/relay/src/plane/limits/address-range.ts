import { type IpAddress, parseIpAddress } from '@dialplane/stun';

/** An address block in CIDR notation: those addresses whose first `bits` bits are `network`'s. */
export interface AddressRange {
  readonly network: IpAddress;
  readonly bits: number;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; `undefined` for anything else. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const network = parseIpAddress(match?.[1] ?? '');
  if (network === undefined) return undefined;
  const most = network.family === 4 ? 32 : 128;
  const bits = match?.[2] === undefined ? most : Number(match[2]);
  return bits <= most ? { network, bits } : undefined;
}

export function isInRange(ip: IpAddress, { network, bits }: AddressRange): boolean {
  return (
    ip.family === network.family &&
    sameBits(ip.w0, network.w0, bits) &&
    sameBits(ip.w1, network.w1, bits - 32) &&
    sameBits(ip.w2, network.w2, bits - 64) &&
    sameBits(ip.w3, network.w3, bits - 96)
  );
}

function sameBits(a: number, b: number, bits: number): boolean {
  if (bits <= 0) return true;
  const mask = bits >= 32 ? -1 : -1 << (32 - bits);
  return (a & mask) === (b & mask);
}
