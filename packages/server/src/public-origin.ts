import { isIP, isIPv6 } from 'node:net';
import { reachableAddresses } from './certificates/local-names.ts';
import type { ServerCertificate } from './certificates/server-certificate.ts';
import type { ServerOptions } from './command-line/options.ts';

/** Writes an origin: brackets around IPv6 addresses (RFC 3986 §3.2.2), no port where it is the scheme's own. */
export function originOf(scheme: 'http' | 'https', host: string, port: number): string {
  const isUsualPort = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}${isUsualPort ? '' : `:${port}`}`;
}

/**
 * The origin by which others reach this server: what the operator said, else a name in the certificate that the operator
 * gave, else an address of an interface. Tokens and connection strings carry it. Never what strangers report.
 */
export function publicOrigin(options: Pick<ServerOptions, 'domain' | 'publicAddresses' | 'host'>, certificate: ServerCertificate | undefined, port: number): string {
  const bound = options.host !== undefined && options.host !== '0.0.0.0' && options.host !== '::' ? options.host : undefined;
  const host = options.domain ?? options.publicAddresses[0] ?? nameInCertificate(certificate) ?? bound ?? reachableAddresses()[0] ?? 'localhost';
  return originOf('https', host, port);
}

/**
 * Every origin by which another computer may reach the server; the one in tokens first. With a certificate for given names
 * these are the names; the development certificate is good for every address.
 */
export function reachableOrigins(options: Pick<ServerOptions, 'domain' | 'publicAddresses' | 'host' | 'certFile'>, certificate: ServerCertificate | undefined, port: number): string[] {
  const hosts = options.domain === undefined && options.certFile === undefined ? [...options.publicAddresses, ...boundAddresses(options.host)] : options.publicAddresses;
  return [...new Set([publicOrigin(options, certificate, port), ...hosts.map((host) => originOf('https', host, port))])];
}

function boundAddresses(host: string | undefined): readonly string[] {
  if (host === undefined || host === '::') return reachableAddresses();
  return host === '0.0.0.0' ? reachableAddresses().filter((address) => isIP(address) === 4) : [host];
}

function nameInCertificate(certificate: ServerCertificate | undefined): string | undefined {
  if (certificate?.kind !== 'files') return undefined;
  const names = [...(certificate.leaf.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)].map((match) => match[1]);
  return names.find((name) => name !== undefined && !name.startsWith('*'));
}
