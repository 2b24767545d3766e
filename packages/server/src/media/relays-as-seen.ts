import { formatTransportAddress, parseTransportAddress, parseIpAddress, sameIpAddress, transportAddress } from '@dialplane/stun';

/**
 * The source addresses of a relay's packets, as a process on this machine sees them: the relayed address itself; behind a 1:1 NAT, where the world calls our addresses otherwise, the same port on each of
 * our own addresses of that family.
 *
 * @param relayed As the relay tells it, `192.0.2.1:50000` or `[2001:db8::1]:50000`.
 * @param own Addresses of this machine.
 */
export function relaysAsSeen(relayed: string, own: readonly string[]): readonly string[] {
  const told = parseTransportAddress(relayed);
  if (told === undefined) return [];
  const family = own.flatMap((text) => parseIpAddress(text) ?? []).filter((ip) => ip.family === told.family);
  if (family.length === 0 || family.some((ip) => sameIpAddress(ip, told))) return [relayed];
  return family.map((ip) => formatTransportAddress(transportAddress(ip, told.port)));
}
