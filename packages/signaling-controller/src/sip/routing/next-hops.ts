import { numericHost, parseSipUri, type SipFlow, type SipUri } from '@dialplane/sip';
import type { SourceAddresses } from '../transports/source-address.ts';
import type { StreamPorts } from '../transports/stream-ports.ts';
import type { UdpPorts } from '../transports/udp-ports.ts';
import type { HopLookup, NextHop } from './hop-lookup.ts';

export interface NextHopsOptions {
  readonly udp: UdpPorts;
  readonly streams: StreamPorts;
  readonly sources: SourceAddresses;
  readonly lookup: HopLookup;
}

const presetPort = 5060;
const presetTlsPort = 5061;

/** From URIs to flows (RFC 3263): over UDP from the address that the machine's routes choose, over TCP and TLS by a connection that is there or a new one. */
export class NextHops {
  private readonly options: NextHopsOptions;

  constructor(options: NextHopsOptions) {
    this.options = options;
  }

  /** Where nothing has to be asked: an address as host, and the way to it known. */
  flowTo(uri: SipUri): SipFlow | undefined {
    const host = numericHost(uri.parameters.get('maddr') ?? uri.host);
    if (host === undefined || transportOf(uri) !== 'udp') return undefined;
    const local = this.options.sources.remembered(host.address);
    return local === undefined ? undefined : this.options.udp.flowFrom(local, { address: host.address, port: uri.port ?? presetPort });
  }

  /** The flow to the address that comes `attempt`th for this URI; `undefined` where there is none, or no way to it. */
  async find(text: string, attempt: number): Promise<SipFlow | undefined> {
    const uri = parseSipUri(text);
    if (uri === undefined) return undefined;
    const host = numericHost(uri.parameters.get('maddr') ?? uri.host);
    const transport = transportOf(uri);
    const port = uri.port ?? (transport === 'tls' ? presetTlsPort : presetPort);
    const hops = host === undefined ? await this.options.lookup.hopsOf(uri) : [{ transport, address: host.address, port }];
    const hop = hops[attempt];
    return hop === undefined ? undefined : this.flowOf(hop, uri.host);
  }

  private async flowOf({ transport, address, port }: NextHop, serverName: string): Promise<SipFlow | undefined> {
    if (transport !== 'udp') return this.options.streams.connect({ transport, address, port, serverName: serverName.replace(/^\[|\]$/g, '') }).flow;
    const local = await this.options.sources.find(address);
    return local === undefined ? undefined : this.options.udp.flowFrom(local, { address, port });
  }
}

function transportOf(uri: SipUri): 'udp' | 'tcp' | 'tls' {
  const named = uri.parameters.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips' || named === 'tls') return 'tls';
  return named === 'tcp' ? 'tcp' : 'udp';
}
