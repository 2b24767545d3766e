import { type IpAddress, ipv4Address, parseIpAddress } from '@dialplane/stun';

/** What kind of host an address belongs to, as a peer policy needs to know it. */
export type PeerAddressKind = 'global' | 'private' | 'loopback' | 'linkLocal' | 'metadata' | 'multicast' | 'unspecified' | 'reserved';

const words = (text: string): number => parseIpAddress(text)?.w0 ?? 0;
const v4 = (text: string, bits: number, kind: PeerAddressKind) => ({ network: words(text), mask: bits === 0 ? 0 : -1 << (32 - bits), kind });

/** IANA's special-purpose IPv4 blocks (RFC 6890), more specific ones first. */
const ipv4Blocks = [
  v4('0.0.0.0', 8, 'unspecified'),
  v4('169.254.169.254', 32, 'metadata'),
  v4('100.100.100.200', 32, 'metadata'),
  v4('168.63.129.16', 32, 'metadata'),
  v4('169.254.0.0', 16, 'linkLocal'),
  v4('127.0.0.0', 8, 'loopback'),
  v4('10.0.0.0', 8, 'private'),
  v4('172.16.0.0', 12, 'private'),
  v4('192.168.0.0', 16, 'private'),
  v4('100.64.0.0', 10, 'private'),
  v4('192.0.0.0', 24, 'reserved'),
  v4('192.88.99.0', 24, 'reserved'),
  v4('198.18.0.0', 15, 'private'),
  v4('224.0.0.0', 4, 'multicast'),
  v4('240.0.0.0', 4, 'reserved'),
] as const;

/**
 * Sorts an address for a peer policy. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) counts as what it hides; one that is
 * mapped is `reserved` even where that is global, since it should have been given as IPv4. Metadata addresses are those from which clouds
 * hand out credentials. Documentation ranges count as global: laboratories use them as the Internet.
 */
export function peerAddressKind(ip: IpAddress): PeerAddressKind {
  if (ip.family === 4) return ipv4Blocks.find(({ network, mask }) => (ip.w0 & mask) === network)?.kind ?? 'global';
  if (ip.w0 === 0 && ip.w1 === 0) {
    if (ip.w2 === 0 && ip.w3 >>> 16 === 0) return ip.w3 === 1 ? 'loopback' : ip.w3 === 0 ? 'unspecified' : 'reserved';
    const kind = peerAddressKind(ipv4Address(ip.w3));
    return kind === 'global' || (ip.w2 !== 0 && ip.w2 !== 0xffff && ip.w2 !== (0xffff0000 | 0)) ? 'reserved' : kind;
  }
  const embedded = translatedIpv4(ip);
  if (embedded !== undefined) return peerAddressKind(embedded);
  const first = ip.w0 >>> 16;
  if (ip.w0 === (0xfd000ec2 | 0) && ip.w1 === 0 && ip.w2 === 0 && ip.w3 === 0x254) return 'metadata';
  if (first >>> 8 === 0xff) return 'multicast';
  if (first >>> 6 === 0xfe80 >>> 6) return 'linkLocal';
  if (first >>> 9 === 0xfc00 >>> 9 || first >>> 6 === 0xfec0 >>> 6) return 'private';
  return first >>> 13 === 1 ? 'global' : 'reserved';
}

function translatedIpv4(ip: IpAddress): IpAddress | undefined {
  if (ip.w0 === 0x0064ff9b && ip.w1 === 0 && ip.w2 === 0) return ipv4Address(ip.w3);
  if (ip.w0 >>> 16 === 0x2002) return ipv4Address((ip.w0 << 16) | (ip.w1 >>> 16));
  return ip.w0 === 0x20010000 ? ipv4Address(~ip.w3) : undefined;
}
