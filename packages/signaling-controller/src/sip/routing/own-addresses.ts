import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { numericHost, type SipFlow, type SipUri } from '@dialplane/sip';

export interface OwnAddressesOptions {
  readonly listenAddresses: readonly string[] | undefined;
  readonly publicAddresses: readonly string[];
}

/** Ports as they were opened. */
export interface OwnPorts {
  readonly port: number;
  readonly tlsPort: number | undefined;
}

const presetPort = 5060;
const presetTlsPort = 5061;

/** What the edge is called: the addresses it listens on, and the names and addresses by which others know it. */
export class OwnAddresses {
  private readonly options: OwnAddressesOptions;
  private readonly hosts = new Set<string>();
  /** Those of the last look: to look costs more than serving a message. */
  private listening: readonly string[] = [];
  private ports: OwnPorts = { port: presetPort, tlsPort: presetTlsPort };
  private readonly advertised = new Map<string, string>();

  constructor(options: OwnAddressesOptions) {
    this.options = options;
    for (const name of options.publicAddresses) this.hosts.add(comparable(name));
  }

  /** Looks which addresses to listen on the machine has now. */
  local(): readonly string[] {
    const found = this.options.listenAddresses ?? machineAddresses();
    for (const address of found) this.hosts.add(comparable(address));
    this.listening = found;
    return found;
  }

  setPorts(ports: OwnPorts): void {
    this.ports = ports;
  }

  /** Whether a URI leads to the edge: one of its names or addresses, with one of its ports or none. */
  isOwn(uri: SipUri): boolean {
    if (!this.hosts.has(comparable(uri.host))) return false;
    return uri.port === undefined || uri.port === this.ports.port || uri.port === this.ports.tlsPort;
  }

  /** What stands in Via, Contact and Record-Route for a flow: host and port, an IPv6 address in brackets. */
  nameOf(flow: SipFlow): string {
    const { local, transport } = flow;
    const address = transport === 'inside' ? this.preferred() : this.advertisedFor(local.address);
    return `${bracketed(address)}:${transport === 'tls' ? (this.ports.tlsPort ?? presetTlsPort) : this.ports.port}`;
  }

  /** The host that is told to whoever asks for one. */
  preferred(): string {
    return this.options.publicAddresses[0] ?? this.listening.find((address) => isIP(address) === 4 && !address.startsWith('127.')) ?? this.listening[0] ?? '127.0.0.1';
  }

  /** Behind 1:1 NAT the public address of the family, else the address itself. */
  private advertisedFor(address: string): string {
    const known = this.advertised.get(address);
    if (known !== undefined) return known;
    const found = isPrivate(address) ? (this.options.publicAddresses.find((each) => isIP(each) === isIP(address)) ?? address) : address;
    this.advertised.set(address, found);
    return found;
  }
}

/** Those that can be listened on as they are: link-local ones need a zone. */
function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => entries ?? []).map(({ address }) => address).filter((address) => !/^fe[89ab]/i.test(address));
}

function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])/i.test(address);
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Names without case, IPv6 addresses in one form. */
function comparable(host: string): string {
  return numericHost(host)?.address ?? host.toLowerCase();
}
