import { readTopVia, type SipFlow, type SipResponse } from '@dialplane/sip';
import type { StreamTarget } from '../transports/stream-ports.ts';

const presetPorts = { tcp: 5060, tls: 5061 } as const;

/**
 * Where a response goes whose connection is gone (RFC 3261 §18.2.2): to the address that the request came from, at the port that sent-by names.
 *
 * @returns `undefined` for what does not travel on connections, and where the Via cannot be read.
 */
export function responseTarget({ headers }: SipResponse, { transport, local, remote }: SipFlow): StreamTarget | undefined {
  const via = transport === 'tcp' || transport === 'tls' ? readTopVia(headers) : undefined;
  if (via === undefined || (transport !== 'tcp' && transport !== 'tls')) return undefined;
  return { transport, address: remote.address, port: via.port ?? presetPorts[transport], localAddress: local.address, serverName: via.host.replace(/^\[|\]$/g, '') };
}
