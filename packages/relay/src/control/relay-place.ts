import { formatStunUri } from '@dialplane/stun';
import { formatTurnUri } from '@dialplane/turn';

/** Where clients find the relay. */
export interface RelayPlace {
  /** Names and addresses of this server, without brackets and lower case; the one to advertise first. Never empty. */
  readonly hosts: readonly string[];
  /** UDP and TCP. */
  readonly port: number;
  /** For the test of the NAT. */
  readonly secondPort: number | undefined;
  /** HTTPS and TURN over TLS. */
  readonly tlsPort: number;
}

type ClientTransport = 'udp' | 'tcp' | 'tls';

/** The host under which a client reached this server, if it is one of ours; else the one to advertise. */
export function hostFor({ hosts }: RelayPlace, reachedBy: string | undefined): string {
  const claimed = reachedBy?.toLowerCase().replace(/^\[|\]$/g, '');
  return hosts.find((host) => host === claimed) ?? hosts[0] ?? '127.0.0.1';
}

/** On each port of the relay. */
export function stunUrls({ port, secondPort }: RelayPlace, host: string): readonly [string, ...string[]] {
  const url = (at: number): string => formatStunUri({ scheme: 'stun', host, port: at });
  return secondPort === undefined ? [url(port)] : [url(port), url(secondPort)];
}

/** The ways to the relay, in the order in which they are preferable. */
export function relayUrls({ port, tlsPort }: RelayPlace, host: string): ReadonlyArray<{ readonly transport: ClientTransport; readonly url: string }> {
  return [
    { transport: 'udp', url: formatTurnUri({ scheme: 'turn', host, port, transport: 'udp' }) },
    { transport: 'tcp', url: formatTurnUri({ scheme: 'turn', host, port, transport: 'tcp' }) },
    { transport: 'tls', url: formatTurnUri({ scheme: 'turns', host, port: tlsPort, transport: 'tcp' }) },
  ];
}
