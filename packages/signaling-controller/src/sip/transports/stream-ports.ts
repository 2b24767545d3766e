import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, createServer as createTlsServer, rootCertificates, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { SipFlow, SocketAddress, TimedTransaction } from '@dialplane/sip';
import type { SipCertificate, SipEdgeLimits } from '../sip-edge-options.ts';
import { certifiedNames, checkName } from './certified-names.ts';
import { StreamConnection } from './stream-connection.ts';

/** Where a connection is to lead. */
export interface StreamTarget extends SocketAddress {
  readonly transport: 'tcp' | 'tls';
  /** From which of our addresses. */
  readonly localAddress: string;
  /** The name that the peer's certificate has to have (RFC 5922 §7.3): what the URI said. */
  readonly serverName: string;
}

export interface StreamPortsOptions {
  readonly limits: Pick<SipEdgeLimits, 'connections' | 'connectionsPerAddress' | 'messageMs' | 'idleMs'>;
  readonly certificate: (() => SipCertificate) | undefined;
  readonly trustedAuthorities: () => readonly string[];
  readonly now: () => number;
  readonly onMessage: (bytes: Uint8Array, connection: StreamConnection) => void;
  /** It is gone; what was sent over it before it was there is in `waiting`. */
  readonly onClosed: (connection: StreamConnection) => void;
}

const sweepMs = 1000;
const pong = Buffer.from('\r\n');

/** What TLS connections are opened with: all authorities are read once, which takes milliseconds, and again whenever there is another certificate. */
interface OutgoingTls {
  readonly certificate: SipCertificate | undefined;
  readonly context: SecureContext;
}

/**
 * SIP over TCP and TLS: connections that peers open and those that are opened to them, used both ways as long as they are there (RFC 3261 §18, RFC 5923). A peer gets
 * time for a message and not more; who sends rubbish, or does not read, is cut off.
 */
export class StreamPorts {
  private readonly options: StreamPortsOptions;
  private readonly byId = new Map<number, StreamConnection>();
  private readonly byTarget = new Map<string, StreamConnection>();
  private readonly perAddress = new Map<string, number>();
  private readonly listeners = new Map<string, Server>();
  private readonly sweep: NodeJS.Timeout;
  private lastId = 0;
  private tlsContext: { readonly certificate: SipCertificate; readonly context: SecureContextOptions } | undefined;
  private outgoingTls: OutgoingTls | undefined;

  constructor(options: StreamPortsOptions) {
    this.options = options;
    this.sweep = setInterval(() => this.closeSlow(), sweepMs);
    this.sweep.unref();
  }

  get size(): number {
    return this.byId.size;
  }

  get(connectionId: number | undefined): StreamConnection | undefined {
    return connectionId === undefined ? undefined : this.byId.get(connectionId);
  }

  /** Listens on a port. @returns its number. @throws {Error} with the system's code. */
  async listen(transport: 'tcp' | 'tls', address: string, port: number): Promise<number> {
    const take = transport === 'tcp' ? (socket: Socket): void => void this.add(socket, 'tcp') : this.tlsTaker();
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
      if (this.hasRoomFor(socket.remoteAddress ?? '')) take(socket);
      else socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port, ipv6Only: address.includes(':'), exclusive: true, backlog: 1024 }, resolve);
    });
    server.on('error', () => {}); // An accept that failed (EMFILE): the peer tries again.
    this.listeners.set(`${transport} ${address}`, server);
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  closeOn(address: string): void {
    for (const transport of ['tcp', 'tls']) {
      this.listeners.get(`${transport} ${address}`)?.close();
      this.listeners.delete(`${transport} ${address}`);
    }
  }

  /** The connection to a target: one that is there, or a new one whose messages wait until it is. */
  connect(target: StreamTarget): StreamConnection {
    const key = keyOf(target);
    const known = this.byTarget.get(key);
    if (known !== undefined && !known.socket.destroyed) return known;
    const tcp = connectTcp({ host: target.address, port: target.port, localAddress: target.localAddress, noDelay: true, keepAlive: true });
    const socket = target.transport === 'tcp' ? tcp : this.connectTls(tcp, target.serverName);
    const connection = this.join(socket, { transport: target.transport, local: localOf(socket, target.localAddress), remote: { address: target.address, port: target.port } }, []);
    connection.hasSpoken = true;
    connection.waiting = new Set();
    this.byTarget.set(key, connection);
    const established = target.transport === 'tcp' ? 'connect' : 'secureConnect';
    const deadline = setTimeout(() => socket.destroy(), this.options.limits.messageMs);
    socket.once(established, () => {
      clearTimeout(deadline);
      connection.waiting = undefined;
      connection.incompleteSince = undefined;
    });
    socket.once('close', () => {
      clearTimeout(deadline);
      if (this.byTarget.get(key) === connection) this.byTarget.delete(key);
    });
    return connection;
  }

  /** Whether there may be another connection with a host. */
  hasRoomFor(address: string): boolean {
    const { connections, connectionsPerAddress } = this.options.limits;
    return this.byId.size < connections && (this.perAddress.get(address) ?? 0) < connectionsPerAddress;
  }

  /** `false` where the connection is gone. */
  send(flow: SipFlow, bytes: Uint8Array, transaction: TimedTransaction | undefined): boolean {
    const connection = this.get(flow.connectionId);
    if (connection === undefined || !connection.write(bytes)) return false;
    if (transaction !== undefined) connection.waiting?.add(transaction);
    return true;
  }

  close(): void {
    clearInterval(this.sweep);
    for (const server of this.listeners.values()) server.close();
    for (const { socket } of this.byId.values()) socket.destroy();
  }

  private tlsTaker(): (socket: Socket) => void {
    const server = createTlsServer({ ...this.secureContext(), requestCert: true, rejectUnauthorized: false, handshakeTimeout: this.options.limits.messageMs });
    server.on('secureConnection', (socket: TLSSocket) => {
      socket.setNoDelay(true);
      this.add(socket, 'tls', certifiedNames(socket));
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    let shown = this.tlsContext;
    return (socket) => {
      const context = this.secureContext();
      if (shown !== this.tlsContext) server.setSecureContext(context);
      shown = this.tlsContext;
      server.emit('connection', socket);
    };
  }

  /** Made again whenever there is another certificate. */
  private secureContext(): SecureContextOptions {
    const certificate = this.options.certificate?.();
    if (certificate === undefined) throw new Error('SIP over TLS needs a certificate.');
    if (this.tlsContext?.certificate.certificatePem !== certificate.certificatePem) {
      const context = { cert: certificate.certificatePem, key: certificate.privateKeyPem, ca: this.authorities(), minVersion: 'TLSv1.2' } as const;
      this.tlsContext = { certificate, context };
    }
    return this.tlsContext?.context ?? {};
  }

  private authorities(): string[] {
    return [...rootCertificates, ...this.options.trustedAuthorities()];
  }

  private connectTls(tcp: Socket, serverName: string): TLSSocket {
    tcp.on('error', () => {}); // The TLS socket ends with it.
    return connectTls({
      socket: tcp, ...(/^[\d.]+$|:/.test(serverName) ? {} : { servername: serverName }), secureContext: this.outgoingContext(),
      checkServerIdentity: (_host, certificate) => checkName(serverName, certificate),
    });
  }

  private outgoingContext(): SecureContext {
    const own = this.options.certificate?.();
    if (this.outgoingTls === undefined || this.outgoingTls.certificate?.certificatePem !== own?.certificatePem) {
      const context = createSecureContext({ minVersion: 'TLSv1.2', ca: this.authorities(), ...(own !== undefined && { cert: own.certificatePem, key: own.privateKeyPem }) });
      this.outgoingTls = { certificate: own, context };
    }
    return this.outgoingTls.context;
  }

  private add(socket: Socket, transport: 'tcp' | 'tls', tlsNames: readonly string[] = []): void {
    const { remoteAddress, remotePort, localAddress = '', localPort = 0 } = socket;
    if (remoteAddress === undefined || remotePort === undefined) socket.destroy();
    else this.join(socket, { transport, local: { address: localAddress, port: localPort }, remote: { address: remoteAddress, port: remotePort } }, tlsNames);
  }

  private join(socket: Socket, flow: SipFlow, tlsNames: readonly string[]): StreamConnection {
    this.lastId += 1;
    const connection = new StreamConnection({ ...flow, connectionId: this.lastId }, socket, tlsNames, this.options.now());
    const { address } = flow.remote;
    this.byId.set(this.lastId, connection);
    this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1);
    socket.setTimeout(this.options.limits.idleMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.take(connection, chunk));
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => this.forget(connection));
    return connection;
  }

  private forget(connection: StreamConnection): void {
    const { address } = connection.flow.remote;
    if (connection.flow.connectionId !== undefined) this.byId.delete(connection.flow.connectionId);
    const left = (this.perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.perAddress.delete(address);
    else this.perAddress.set(address, left);
    this.options.onClosed(connection);
  }

  private take(connection: StreamConnection, chunk: Buffer): void {
    const { framer, socket } = connection;
    framer.push(chunk);
    for (let part = framer.next(); part.kind !== 'incomplete'; part = framer.next()) {
      if (part.kind === 'broken') return void socket.destroy();
      if (part.kind === 'ping') connection.write(pong);
      if (part.kind !== 'message') continue;
      connection.hasSpoken = true;
      this.options.onMessage(part.bytes, connection);
    }
    if (framer.unreadLength > 0) connection.incompleteSince ??= this.options.now();
    else if (connection.hasSpoken) connection.incompleteSince = undefined;
  }

  /** RFC 3261 says nothing of it: a message that does not come to its end holds a connection for nothing. */
  private closeSlow(): void {
    const now = this.options.now();
    for (const { socket, incompleteSince } of this.byId.values()) {
      if (incompleteSince !== undefined && now - incompleteSince > this.options.limits.messageMs) socket.destroy();
    }
  }
}

/** Our end of a connection, whose port is known once it is there. */
function localOf(socket: Socket, address: string): SocketAddress {
  return {
    address,
    get port() {
      return socket.localPort ?? 0;
    },
  };
}

function keyOf({ transport, address, port, serverName }: StreamTarget): string {
  return `${transport} ${address} ${port} ${serverName}`;
}
