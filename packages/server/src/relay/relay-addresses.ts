import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@dialplane/telemetry';
import { reachableAddresses } from '../certificates/local-names.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { publicOrigin } from '../public-origin.ts';
import type { ServerCertificate } from '../certificates/server-certificate.ts';

type AddressOptions = Pick<ServerOptions, 'domain' | 'publicAddresses' | 'host'>;

const resolveWithinMs = 3_000;

/**
 * Where clients may find the relay, the best first: the host of the public origin, what the operator said, and the addresses of the interfaces. Never what
 * strangers report.
 */
export function relayHosts(options: AddressOptions, certificate: ServerCertificate | undefined, interfaces: readonly string[] = reachableAddresses()): readonly string[] {
  const first = new URL(publicOrigin(options, certificate, 443)).hostname.replace(/^\[|\]$/g, '');
  const listening = boundAddress(options.host) === undefined ? interfaces : [];
  const hosts = [...new Set([first, ...options.publicAddresses, ...listening])];
  // Who is at this machine is not helped by a name that means another address to every client; its own address it is.
  const known = hosts.filter((host) => host !== 'localhost');
  return known.length > 0 ? known : ['127.0.0.1'];
}

/** The one address that the operator bound the server to; `undefined` where it is on all of them. */
export function boundAddress(host: string | undefined): string | undefined {
  return host === undefined || host === '0.0.0.0' || host === '::' || isIP(host) === 0 ? undefined : host;
}

/**
 * The public addresses that relayed ones are told as, one of each family: those that the operator named, and those that the names among them (and the
 * domain) resolve to now. A name that does not resolve is told in the log and left out.
 */
export async function publicRelayAddresses({ domain, publicAddresses }: AddressOptions, logger: Logger): Promise<readonly string[]> {
  const named = [...publicAddresses, ...(domain === undefined ? [] : [domain])];
  const resolved = await Promise.all(named.map((name) => (isIP(name) === 0 ? resolve(name, logger) : [name])));
  const usable = resolved.flat().filter((address) => !address.startsWith('127.') && address !== '::1');
  return [4, 6].flatMap((family) => usable.find((address) => isIP(address) === family) ?? []);
}

async function resolve(name: string, logger: Logger): Promise<readonly string[]> {
  const patience = new AbortController();
  try {
    const found = await Promise.race([lookup(name, { all: true }), delay(resolveWithinMs, undefined, { signal: patience.signal, ref: false })]);
    if (found === undefined) throw new Error(`no answer within ${resolveWithinMs / 1000} s`);
    return found.map(({ address }) => address);
  } catch (error) {
    logger.warn({ err: error, name }, 'A public address could not be resolved; the relay uses the addresses of the interfaces for it.');
    return [];
  } finally {
    patience.abort();
  }
}
