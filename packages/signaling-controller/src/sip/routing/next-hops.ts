import type { SourceAddresses } from '@dialplane/kernels';
import { numericHost, parseSipUri, type ServerTarget, type SipFlow, type SipUri } from '@dialplane/sip';
import type { StreamPorts } from '../transports/stream-ports.ts';
import type { UdpPorts } from '../transports/udp-ports.ts';
import type { HopLookup } from './hop-lookup.ts';

export interface NextHopsOptions {
  readonly udp: UdpPorts;
  readonly streams: StreamPorts;
  readonly sources: SourceAddresses;
  readonly lookup: HopLookup;
}

const presetPort = 5060;

/** From URIs to flows: over UDP from the address that the machine's routes choose, over TCP and TLS by a connection that is there or a new one. */
export class NextHops {
  private readonly options: NextHopsOptions;

  constructor(options: NextHopsOptions) {
    this.options = options;
  }

  /** Where nothing has to be asked: UDP to an address, and the way to it known. */
  flowTo(uri: SipUri): SipFlow | undefined {
    const { parameters } = uri;
    const transport = parameters.get('transport') ?? 'udp';
    if (uri.scheme === 'sips' || parameters.has('maddr') || transport.toLowerCase() !== 'udp') return undefined;
    const host = numericHost(uri.host);
    const local = host === undefined ? undefined : this.options.sources.remembered(host.address);
    return host === undefined || local === undefined ? undefined : this.options.udp.flowFrom(local, { address: host.address, port: uri.port ?? presetPort });
  }

  /** The flow to the address that comes `attempt`th for this URI; `undefined` where there is none, or no way to it. */
  async find(text: string, attempt: number): Promise<SipFlow | undefined> {
    const uri = parseSipUri(text);
    if (uri === undefined) return undefined;
    const target = (await this.options.lookup.targetsOf(uri))[attempt];
    return target === undefined ? undefined : this.flowOf(target);
  }

  private async flowOf({ transport, address, port, domain }: ServerTarget): Promise<SipFlow | undefined> {
    const localAddress = await this.options.sources.find(address);
    if (localAddress === undefined) return undefined;
    if (transport === 'udp') return this.options.udp.flowFrom(localAddress, { address, port });
    return this.options.streams.connect({ transport, address, port, localAddress, serverName: domain.replace(/^\[|\]$/g, '') }).flow;
  }
}
