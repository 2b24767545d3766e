import type { FlowCandidate } from '@dialplane/calling-api';

/** How media travels between two candidates: straight, through address translation, or through a relay. */
export type MediaPath = 'direct' | 'nat' | 'relayed';

export const pathNames: Readonly<Record<MediaPath, string>> = { direct: 'Direct', nat: 'NAT to NAT', relayed: 'Relayed' };

const pathExplanations: Readonly<Record<MediaPath, string>> = {
  direct: 'Media flows straight between the two devices.',
  nat: 'Media flows between the two devices through the address translation of their networks; no server carries it.',
  relayed: 'Media flows through the relay, because the networks allow no shorter way.',
};

/** The way that media takes: the path, its transport, and whether it leads to the media processor instead of another device. */
export interface MediaWay {
  readonly path: MediaPath;
  readonly transport: string;
  readonly isServed: boolean;
}

/** `Direct · UDP`, `Media processor · UDP`, `Relay, media processor · TLS`. */
export function wayText({ path, transport, isServed }: MediaWay): string {
  const name = isServed ? (path === 'relayed' ? 'Relay, media processor' : 'Media processor') : pathNames[path];
  return `${name} · ${transport}`;
}

/** What that means, for people who never heard of candidates. */
export function wayExplanation({ path, isServed }: MediaWay): string {
  if (!isServed) return pathExplanations[path];
  return path === 'relayed' ? 'Media reaches the media processor through the relay, because the network allows no shorter way.' : 'Media flows through the media processor of the server, which mixes or forwards it.';
}

/**
 * The path of a candidate pair (RFC 8445 §5.1.1). A peer-reflexive address on a private network was hidden, not translated:
 * browsers hide host addresses behind mDNS names, and the check reveals them.
 */
export function pathOf(local: FlowCandidate, remote: FlowCandidate): MediaPath {
  if (local.candidateType === 'relay' || remote.candidateType === 'relay') return 'relayed';
  return isUntranslated(local) && isUntranslated(remote) ? 'direct' : 'nat';
}

/** The transport between a device and the first hop: `UDP`, `TCP`, or for a relay the way to it, `TLS` included. */
export function transportOf(local: FlowCandidate): string {
  return (local.relayProtocol ?? local.protocol).toUpperCase();
}

/** One end of a pair in a line: `host udp 192.168.1.7:50012`, `relay tls 10.0.0.5:53250`. */
export function candidateText(candidate: FlowCandidate): string {
  const { candidateType, protocol, relayProtocol, address, port } = candidate;
  const host = address === undefined ? 'hidden address' : address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return `${candidateType} ${relayProtocol ?? protocol} ${host}${port === undefined ? '' : `:${port}`}`;
}

/** What a STUN or TURN URL (RFC 7064 §3.1, RFC 7065 §3.1) names, for people: `relay over TCP`. */
export function serverName(url: string): string {
  if (/^turns:/i.test(url)) return 'relay over TLS';
  if (/^turn:/i.test(url)) return /[?&]transport=tcp\b/i.test(url) ? 'relay over TCP' : 'relay over UDP';
  return 'STUN server';
}

/** `audio/opus`, as RTP writes it, is `opus` to people. */
export function codecName(codec: string): string {
  return codec.replace(/^(?:audio|video)\//, '');
}

function isUntranslated({ candidateType, address }: FlowCandidate): boolean {
  if (candidateType === 'host') return true;
  if (candidateType !== 'prflx') return false;
  return address === undefined || /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80)/i.test(address);
}
