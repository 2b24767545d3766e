import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { SubjectNames } from './server-certificate.ts';

/** The part of `os` that tells what this machine is called; a parameter so that a test can move the machine. */
export interface LocalHost {
  readonly hostname: () => string;
  readonly networkInterfaces: typeof networkInterfaces;
}

const dnsName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** True for a syntactically valid DNS host name in lower case (RFC 1123 §2.1). */
export function isDnsName(text: string): boolean {
  return dnsName.test(text) && isIP(text) === 0;
}

/**
 * Every name and address by which somebody may reach this machine, sorted: `localhost`, the host name (and its mDNS form
 * `<name>.local`, RFC 6762 §3), the addresses of all interfaces, and what the operator said (`--public-address`).
 * Link-local IPv6 addresses are left out: a URL cannot carry their zone.
 */
export function localNames(publicAddresses: readonly string[], host: LocalHost = { hostname, networkInterfaces }): SubjectNames {
  const own = host.hostname().toLowerCase();
  const dnsNames = new Set(['localhost', own, own.includes('.') ? own : `${own}.local`, ...publicAddresses].filter(isDnsName));
  const ipAddresses = new Set(['127.0.0.1', '::1', ...interfaceAddresses(host), ...publicAddresses.filter((text) => isIP(text) !== 0)]);
  return { dnsNames: [...dnsNames].toSorted(), ipAddresses: [...ipAddresses].toSorted() };
}

/** Addresses of the interfaces that other machines may reach: no loopback, no link-local IPv6; IPv4 first. */
export function reachableAddresses(host: LocalHost = { hostname, networkInterfaces }): string[] {
  return interfaceAddresses(host)
    .filter((address) => address !== '::1' && !address.startsWith('127.'))
    .toSorted((a, b) => isIP(a) - isIP(b));
}

function interfaceAddresses(host: LocalHost): string[] {
  return Object.values(host.networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter((entry) => !(entry.family === 'IPv6' && entry.address.startsWith('fe80:'))).map((entry) => entry.address),
  );
}
