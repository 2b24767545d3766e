import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** What a peer has seen of one relayed address. */
interface Exchanged {
  receivedPackets: number;
  receivedBytes: number;
  sentPackets: number;
  sentBytes: number;
}

/** A peer that answers every datagram with itself, on a port and the next one (for RTCP), and counts by the address it talks to. */
export class EchoPeer {
  readonly host: string;
  readonly port: number;
  private readonly sockets: readonly Socket[];
  private readonly bySource = new Map<string, Exchanged>();

  private constructor(host: string, sockets: readonly [Socket, Socket]) {
    this.host = host;
    this.sockets = sockets;
    this.port = sockets[0].address().port;
    for (const socket of sockets) socket.on('message', (message, { address, port }) => this.echo(socket, message, address, port));
  }

  static async start(host: '127.0.0.1' | '::1'): Promise<EchoPeer> {
    for (;;) {
      const first = await bound(host, 0);
      const second = first === undefined ? undefined : await bound(host, first.address().port + 1);
      if (first !== undefined && second !== undefined) return new EchoPeer(host, [first, second]);
      first?.close();
    }
  }

  /** What came from these relayed addresses (`192.0.2.1:3478`, `[2001:db8::1]:3478`) and was sent to them, together. */
  exchangedWith(relayedAddresses: readonly string[]): Exchanged {
    const sum: Exchanged = { receivedPackets: 0, receivedBytes: 0, sentPackets: 0, sentBytes: 0 };
    for (const address of relayedAddresses) {
      const seen = this.bySource.get(address);
      for (const key of Object.keys(sum) as Array<keyof Exchanged>) sum[key] += seen?.[key] ?? 0;
    }
    return sum;
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }

  private echo(socket: Socket, message: Buffer, address: string, port: number): void {
    const source = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
    const seen = this.bySource.get(source) ?? { receivedPackets: 0, receivedBytes: 0, sentPackets: 0, sentBytes: 0 };
    this.bySource.set(source, seen);
    seen.receivedPackets += 1;
    seen.receivedBytes += message.length;
    seen.sentPackets += 1;
    seen.sentBytes += message.length;
    socket.send(message, port, address);
  }
}

/** A socket on this port, unless it is taken. */
async function bound(host: '127.0.0.1' | '::1', port: number): Promise<Socket | undefined> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  socket.bind(port, host);
  try {
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}
