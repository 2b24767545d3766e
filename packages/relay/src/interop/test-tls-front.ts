import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { connect, createServer } from 'node:tls';
import type { TestRelayPlane } from '../test-relay-plane.ts';
import { writeCertificate } from './test-certificate.ts';

/** A TLS port in front of a relay, as the HTTPS port of a server is: it decrypts streams and hands them over. */
export class TlsFront {
  private readonly server: Server;
  private readonly tunnel: Server;

  private constructor(server: Server, tunnel: Server) {
    this.server = server;
    this.tunnel = tunnel;
  }

  static async start(relay: TestRelayPlane): Promise<TlsFront> {
    const { keyFile, certificateFile } = writeCertificate(relay.folder);
    const server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, (stream) => {
      relay.plane.takeStream({ stream, remoteAddress: stream.remoteAddress ?? '', remotePort: stream.remotePort ?? 0 });
    });
    const tunnel = createTcpServer((client) => {
      const encrypted = connect({ port: portOf(server), host: '127.0.0.1', rejectUnauthorized: false });
      connectStreams(client, encrypted);
    });
    for (const each of [server, tunnel]) {
      each.listen(0, '127.0.0.1');
      await once(each, 'listening');
    }
    return new TlsFront(server, tunnel);
  }

  get port(): number {
    return portOf(this.server);
  }

  /** A port for clients without TLS: what they say goes through TLS to `port`. */
  get tunnelPort(): number {
    return portOf(this.tunnel);
  }

  close(): void {
    this.server.close();
    this.tunnel.close();
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Whatever ends one of the two ends both. */
function connectStreams(a: Socket, b: Socket): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [[a, b], [b, a]] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
