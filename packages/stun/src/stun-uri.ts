/** A `stun:` or `stuns:` URI (RFC 7064). */
export interface StunUri {
  readonly scheme: 'stun' | 'stuns';
  /** A registered name or an IP address; IPv6 without its brackets. */
  readonly host: string;
  /** 3478, or 5349 for `stuns`, where the URI names none. */
  readonly port: number;
}

/** The parts that `stun:` and `turn:` URIs share. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads a URI of RFC 7064 §3.1, scheme in any case; `undefined` for anything else (no userinfo, path, query or fragment exists). */
export function parseStunUri(text: string): StunUri | undefined {
  const match = /^(stuns?):(.*)$/i.exec(text);
  const place = parseHostAndPort(match?.[2] ?? '');
  if (match === null || place === undefined) return undefined;
  const scheme = match[1]?.toLowerCase() === 'stuns' ? 'stuns' : 'stun';
  return { scheme, host: place.host, port: place.port ?? (scheme === 'stuns' ? 5349 : 3478) };
}

/** Writes a URI of RFC 7064, without a port that is the scheme's own. */
export function formatStunUri(uri: StunUri): string {
  const host = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  return uri.port === (uri.scheme === 'stuns' ? 5349 : 3478) ? `${uri.scheme}:${host}` : `${uri.scheme}:${host}:${uri.port}`;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port` (RFC 7064 §3.1, RFC 3986 §3.2.2). */
export function parseHostAndPort(text: string): HostAndPort | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|((?:[a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})+))(?::(\d{1,5}))?$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || (match?.[1] !== undefined && !host.includes(':'))) return undefined;
  if (match?.[3] === undefined) return { host, port: undefined };
  const port = Number(match[3]);
  return port >= 1 && port <= 65535 ? { host, port } : undefined;
}
