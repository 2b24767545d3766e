import type { SipFlow } from '../link/sip-flow.ts';
import { type Via, writeVia } from '../headers/via.ts';
import type { SipRequest } from '../message/sip-message.ts';

const presetPort = 5060;

/**
 * Notes in the top Via of a request where it came from: `received` where that is not what it says or `rport` is asked for, and the value of `rport` (RFC 3261
 * §18.2.1, RFC 3581 §4). The request's headers are changed.
 *
 * @returns the flow that responses go to: the one it came over; over UDP without `rport`, the port that sent-by names (RFC 3261 §18.2.2). Deviation: `maddr` is ignored,
 * since it would let a stranger choose whom our responses reach.
 */
export function noteReceivedFrom(request: SipRequest, via: Via, flow: SipFlow): SipFlow {
  if (flow.transport === 'inside') return flow;
  const { address, port } = flow.remote;
  const asksForPort = via.parameters.has('rport');
  const isElsewhere = bare(via.host) !== bare(address);
  if (asksForPort || isElsewhere) {
    const parameters = new Map([...via.parameters].filter(([name]) => name !== 'received' && name !== 'rport'));
    parameters.set('received', address);
    if (asksForPort) parameters.set('rport', String(port));
    request.headers.removeFirst('Via');
    request.headers.prepend('Via', writeVia({ ...via, parameters }));
  }
  const answerPort = via.port ?? presetPort;
  if (flow.transport !== 'udp' || asksForPort || answerPort === port) return flow;
  return { ...flow, remote: { address, port: answerPort } };
}

/** An address as it is compared: lower case, an IPv6 address without brackets. */
function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1).toLowerCase() : host.toLowerCase();
}
