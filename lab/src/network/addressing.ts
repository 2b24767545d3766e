import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** One value for the only family there is, or one for IPv4 and one for IPv6. */
export type PerFamily = string | readonly string[];

export type IpFamily = 4 | 6;

export interface PlannedAddress {
  readonly family: IpFamily;
  readonly address: string;
  readonly prefixLength: number;
}

export interface Subnet {
  readonly family: IpFamily;
  /** As written in the plan: `192.168.1.0/24`, `2001:db8:1::/64`. */
  readonly text: string;
  readonly network: string;
  readonly prefixLength: number;
}

export function listed(values: PerFamily): readonly string[] {
  return typeof values === 'string' ? [values] : values;
}

/** The subnets of a segment. Throws a sentence for what is no subnet, and for two of one family. */
export function parseSubnets(segment: string, subnets: PerFamily): readonly Subnet[] {
  const parsed = listed(subnets).map(parseSubnet);
  if (new Set(parsed.map(({ family }) => family)).size !== parsed.length) throw new Error(`segment "${segment}" has two subnets of one family`);
  return parsed;
}

/** The addresses of a node on a segment with these subnets: each in the subnet of its family. Throws a sentence where one is not. */
export function placeAddresses(node: string, addresses: PerFamily, subnets: readonly Subnet[]): readonly PlannedAddress[] {
  const placed = listed(addresses).map((address) => placeAddress(node, address, subnets));
  if (placed.length === 0) throw new Error(`${node} has no address`);
  if (new Set(placed.map(({ family }) => family)).size !== placed.length) throw new Error(`${node} has two addresses of one family on one segment`);
  return placed;
}

function parseSubnet(text: string): Subnet {
  const [network = '', length = ''] = text.split('/');
  const prefixLength = Number(length);
  const isBetween = (least: number, most: number): boolean => Number.isInteger(prefixLength) && prefixLength >= least && prefixLength <= most;
  if (isIPv4(network) && isBetween(8, 30)) return { family: 4, text, network, prefixLength };
  if (isIPv6(network) && isBetween(16, 126)) return { family: 6, text, network, prefixLength };
  throw new Error(`"${text}" is not an IPv4 or IPv6 subnet`);
}

function placeAddress(node: string, address: string, subnets: readonly Subnet[]): PlannedAddress {
  if (isIP(address) === 0) throw new Error(`"${address}" of ${node} is not an IP address`);
  const family = isIPv4(address) ? 4 : 6;
  const subnet = subnets.find((candidate) => candidate.family === family);
  if (subnet === undefined || !contains(subnet, address)) throw new Error(`${address} of ${node} is not in ${subnets.map(({ text }) => text).join(' or ')}`);
  return { family, address, prefixLength: subnet.prefixLength };
}

function contains({ family, network, prefixLength }: Subnet, address: string): boolean {
  const list = new BlockList();
  list.addSubnet(network, prefixLength, `ipv${family}`);
  return list.check(address, `ipv${family}`);
}
