import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { askBinding } from '@dialplane/relay';
import { formatIpAddress, sameTransportAddress } from '@dialplane/stun';

/** How a server sees this machine. */
export interface MappingFinding {
  readonly address: string;
  /** Another port for each destination: a symmetric NAT. Undefined where the second port does not answer. */
  readonly isSymmetric: boolean | undefined;
}

const patienceMs = 2500;

/** Asks two ports of a STUN server over UDP, from one socket (RFC 5780 §4.3). Undefined where neither answers. */
export async function probeMapping(host: string, ports: readonly number[]): Promise<MappingFinding | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind(0);
    await once(socket, 'listening');
    const answers = await Promise.all(ports.map((port) => askBinding({ host, port, transport: 'udp' }, { socket, timeoutMs: patienceMs }).catch(() => undefined)));
    const [first, second] = answers.map((answer) => answer?.mapped);
    const known = first ?? second;
    if (known === undefined) return undefined;
    return { address: formatIpAddress(known), isSymmetric: first === undefined || second === undefined ? undefined : !sameTransportAddress(first, second) };
  } finally {
    socket.close();
  }
}
