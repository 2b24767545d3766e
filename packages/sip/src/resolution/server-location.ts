import type { Randomness } from '@dialplane/sansio';
import type { SipUri } from '../uri/sip-uri.ts';
import { unescapeUri } from '../uri/uri-escape.ts';
import { numericHost } from '../uri/host.ts';

export type SipTransport = 'udp' | 'tcp' | 'tls';

/** Where a request is sent. */
export interface ServerTarget {
  readonly transport: SipTransport;
  /** Numeric, IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  /** The domain that a TLS server's certificate is for: that of the URI, whatever the name servers say (RFC 3263 §4.1, RFC 5922 §4). */
  readonly domain: string;
}

export interface ServerLocationOptions {
  /** Transports that we speak, in our order of preference. */
  readonly transports: readonly SipTransport[];
  /** Families of addresses that we reach, in our order of preference. */
  readonly families: readonly (4 | 6)[];
  /** For SRV records of equal priority. */
  readonly randomness: Randomness;
  /** How long one round of questions may take. Default 5000. */
  readonly answerMs?: number;
}

/** Why nobody is to be found: `transport`, we do not speak what the URI asks for; `name`, the domain has no server, or its name servers do not answer. */
export type LocationFailure = 'transport' | 'name';

/** What a URI says about where it leads, before anybody is asked. */
export interface LocationWish {
  readonly isSecure: boolean;
  /** `maddr`, or the host. */
  readonly host: string;
  readonly port: number | undefined;
  /** What the URI insists on. */
  readonly transport: SipTransport | undefined;
  readonly domain: string;
}

/** Reads a URI for its location; `undefined` where it asks for a transport that there is not, or that contradicts `sips:`. */
export function locationWish(uri: SipUri): LocationWish | undefined {
  const isSecure = uri.scheme === 'sips';
  const named = uri.parameters.get('transport')?.toLowerCase();
  if (named !== undefined && named !== 'udp' && named !== 'tcp' && named !== 'tls') return undefined;
  // RFC 3261 §26.2.2: sips means TLS; its transport parameter says what TLS runs over.
  if (isSecure && named === 'udp') return undefined;
  const transport = named !== undefined && isSecure ? 'tls' : named;
  const maddr = uri.parameters.get('maddr');
  const host = maddr === undefined ? uri.host : (unescapeUri(maddr) ?? uri.host);
  return { isSecure, host, port: uri.port, transport, domain: uri.host };
}

/** 5060, with TLS 5061 (RFC 3261 §19.1.2). */
export function defaultPort(transport: SipTransport): number {
  return transport === 'tls' ? 5061 : 5060;
}

/** The transport where neither the URI nor the name servers say (RFC 3263 §4.1). */
export function defaultTransport(wish: LocationWish): SipTransport {
  return wish.isSecure ? 'tls' : 'udp';
}

/** The name of the SRV records of a domain for a transport (RFC 3263 §4.2). */
export function srvName(transport: SipTransport, domain: string): string {
  return `${transport === 'tls' ? '_sips._tcp' : transport === 'tcp' ? '_sip._tcp' : '_sip._udp'}.${domain.replace(/\.$/, '')}`;
}

/** The transport of a NAPTR service field; `undefined` for those that are not ours (RFC 3263 §4.1). */
export function transportOfService(service: string): SipTransport | undefined {
  return ({ 'SIPS+D2T': 'tls', 'SIP+D2T': 'tcp', 'SIP+D2U': 'udp' } as const)[service.toUpperCase() as 'SIP+D2U'];
}

/** The target of a URI whose host is an address: nobody has to be asked. `undefined` where it is a name, or the transport or family is not ours. */
export function numericTarget(wish: LocationWish, options: ServerLocationOptions): ServerTarget | undefined {
  const numeric = numericHost(wish.host);
  const transport = wish.transport ?? defaultTransport(wish);
  if (numeric === undefined || !options.transports.includes(transport) || !options.families.includes(numeric.family)) return undefined;
  return { transport, address: numeric.address, port: wish.port ?? defaultPort(transport), domain: wish.domain };
}
