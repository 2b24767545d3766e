import { lookup } from 'node:dns/promises';
import type { SipUri } from '@dialplane/sip';

/** A transport address that a request can be sent to. */
export interface NextHop {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly address: string;
  readonly port: number;
}

/** Asks name servers where a SIP URI leads. */
export class HopLookup {
  async hopsOf(uri: SipUri): Promise<readonly NextHop[]> {
    const found = await lookup(uri.host, { all: true }).catch(() => []);
    const transport = uri.scheme === 'sips' || uri.parameters.get('transport')?.toLowerCase() === 'tls' ? 'tls' : uri.parameters.get('transport')?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
    return found.map(({ address }) => ({ transport, address, port: uri.port ?? (transport === 'tls' ? 5061 : 5060) }));
  }
}
