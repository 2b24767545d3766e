import { parseHostAndPort } from '@dialplane/stun';

/** A `turn:` or `turns:` URI (RFC 7065). */
export interface TurnUri {
  readonly scheme: 'turn' | 'turns';
  /** A registered name or an IP address; IPv6 without its brackets. */
  readonly host: string;
  /** 3478, or 5349 for `turns`, where the URI names none. */
  readonly port: number;
  /** Between client and server; `undefined` leaves the choice to the client. */
  readonly transport: 'udp' | 'tcp' | undefined;
}

/** Reads a URI of RFC 7065 §3.1, scheme and transport in any case; `undefined` for anything else, unknown transports included. */
export function parseTurnUri(text: string): TurnUri | undefined {
  const match = /^(turns?):([^?]*)(?:\?transport=(udp|tcp))?$/i.exec(text);
  const place = parseHostAndPort(match?.[2] ?? '');
  if (match === null || place === undefined) return undefined;
  const scheme = match[1]?.toLowerCase() === 'turns' ? 'turns' : 'turn';
  const named = match[3]?.toLowerCase();
  return { scheme, host: place.host, port: place.port ?? defaultPort(scheme), transport: named === 'udp' || named === 'tcp' ? named : undefined };
}

/** Writes a URI of RFC 7065, without a port that is the scheme's own. */
export function formatTurnUri(uri: TurnUri): string {
  const host = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  const port = uri.port === defaultPort(uri.scheme) ? '' : `:${uri.port}`;
  return `${uri.scheme}:${host}${port}${uri.transport === undefined ? '' : `?transport=${uri.transport}`}`;
}

function defaultPort(scheme: TurnUri['scheme']): number {
  return scheme === 'turns' ? 5349 : 3478;
}
