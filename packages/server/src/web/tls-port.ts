import { createServer as createHttp2Server, type Http2Server, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import type { Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer, type TLSSocket } from 'node:tls';
import type { HandedOverStream } from '@dialplane/relay';
import { isAcmeValidation } from '../certificates/acme-hello.ts';
import type { ServerCertificate } from '../certificates/server-certificate.ts';
import { portFailure } from '../failures.ts';
import { UndecidedStreams } from './undecided-streams.ts';

/** The TLS port: one listener, TLS terminated once, each connection handed on by the protocol that was negotiated. */
export interface TlsPort {
  /** Uses this certificate for every connection from now on; those that exist keep theirs. */
  present(certificate: ServerCertificate): void;
  /** Answers ACME validation connections (`tls-alpn-01`) with this certificate until called with `undefined`. */
  answerChallenge(certificate: ServerCertificate | undefined): void;
  /** @returns The port that was opened. @throws {Failure} `PORT_IN_USE`, `PORT_FORBIDDEN` or `ADDRESS_UNAVAILABLE`. */
  listen(port: number, host: string | undefined): Promise<number>;
  /** Takes no more connections and asks clients to leave: HTTP/2 by GOAWAY. Resolves when the last connection has ended. */
  close(): Promise<void>;
  /** Ends what is still connected. */
  destroyConnections(): void;
}

export interface TlsPortOptions {
  readonly certificate: ServerCertificate;
  readonly handleHttp2: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
  /** Gets the decrypted connections that speak HTTP/1.1; it must be listening, because its time-outs guard them too. */
  readonly http1: HttpServer;
  /** Gets the decrypted connections that speak STUN or TURN, their first bytes unread; without it there are none. */
  readonly takeRelayStream?: (handedOver: HandedOverStream) => void;
}

const handshakeTimeoutMs = 10_000;
const idleSessionMs = 120_000;
const streamsPerSession = 256;
/** RFC 7443 §4. Chosen before HTTP: coturn's client offers `http/1.1` too, and no browser offers these. */
const stunProtocols = ['stun.turn', 'stun.nat-discovery'];

/**
 * Makes the port. Inside TLS, ALPN decides where it can: `h2` is HTTP/2, `http/1.1` is HTTP/1.1 (RFC 7301 §3.2). Without it, and with `stun.turn` or
 * `stun.nat-discovery` (RFC 7443), which some TURN clients send, the first byte does: STUN begins with 0 or 1 (RFC 8489 §5), and HTTP with a letter.
 *
 * The plain TCP listener stands in front of the TLS server so that a connection can be looked at before its handshake: that
 * is how an ACME validation is told from a visitor, without showing visitors a certificate that is not theirs.
 */
export function createTlsPort({ certificate, handleHttp2, http1, takeRelayStream }: TlsPortOptions): TlsPort {
  const connections = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let challenge: ServerCertificate | undefined;

  const http2 = createHttp2(handleHttp2, sessions);
  const tls = createTlsServer({ ...secureContext(certificate), ALPNProtocols: [...(takeRelayStream === undefined ? [] : stunProtocols), 'h2', 'http/1.1'], handshakeTimeout: handshakeTimeoutMs });
  handOn(tls, http1, http2, takeRelayStream);
  const challengeTls = createTlsServer({ ALPNProtocols: ['acme-tls/1'], handshakeTimeout: handshakeTimeoutMs });
  challengeTls.on('secureConnection', (socket: TLSSocket) => socket.end());
  challengeTls.on('tlsClientError', (_error, socket) => socket.destroy());

  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    if (challenge === undefined) tls.emit('connection', socket);
    else void readUntil(socket, isAcmeValidation).then((isValidation) => (isValidation ? challengeTls : tls).emit('connection', socket), () => socket.destroy());
  });

  return {
    present: (next) => tls.setSecureContext(secureContext(next)),
    answerChallenge(next) {
      challenge = next;
      if (next !== undefined) challengeTls.setSecureContext(secureContext(next));
    },
    listen: (port, host) => new Promise((resolve, reject) => {
      tcp.once('error', (error) => reject(portFailure(error, port, host)));
      tcp.listen({ port, ...(host === undefined ? {} : { host }) }, () => resolve((tcp.address() as AddressInfo).port));
    }),
    close: () => new Promise((resolve) => {
      tcp.close(() => resolve());
      for (const session of sessions) session.close();
    }),
    destroyConnections: () => connections.forEach((socket) => socket.destroy()),
  };
}

/** HTTP/2 over decrypted connections that are handed to it; `sessions` holds those that are open. */
function createHttp2(handle: TlsPortOptions['handleHttp2'], sessions: Set<ServerHttp2Session>): Http2Server {
  const http2 = createHttp2Server({ settings: { maxConcurrentStreams: streamsPerSession } }, handle);
  http2.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.setTimeout(idleSessionMs, () => session.close());
  });
  http2.on('sessionError', () => undefined);
  return http2;
}

/** Hands each decrypted connection on to whom its protocol or its first byte belongs to. */
function handOn(tls: TlsServer, http1: HttpServer, http2: Http2Server, takeRelayStream: TlsPortOptions['takeRelayStream']): void {
  const undecided = new UndecidedStreams();
  tls.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket);
    else if (socket.alpnProtocol === 'http/1.1' || takeRelayStream === undefined) http1.emit('connection', socket);
    else {
      const { remoteAddress = '', remotePort = 0, localAddress = '' } = socket;
      undecided.add(socket, (firstByte) => {
        if (firstByte <= 1) takeRelayStream({ stream: socket, remoteAddress, remotePort, localAddress });
        else http1.emit('connection', socket);
      });
    }
  });
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
}

function secureContext(certificate: ServerCertificate): SecureContextOptions {
  return { cert: certificate.certificatePem, key: certificate.privateKeyPem, minVersion: 'TLSv1.2' };
}

/** Looks at the first bytes of a connection until `decide` knows, and puts them back. Rejects when the client leaves or dawdles. */
function readUntil(socket: Socket, decide: (received: Uint8Array) => boolean | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const leave = (): void => {
      clearTimeout(deadline);
      socket.off('readable', look).off('error', fail).off('end', fail).off('close', fail);
    };
    const fail = (): void => {
      leave();
      socket.once('error', () => undefined);
      reject(new Error('the connection ended before its first record'));
    };
    const look = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      received = Buffer.concat([received, chunk]);
      const decision = decide(received);
      if (decision === undefined) return;
      leave();
      socket.unshift(received);
      resolve(decision);
    };
    const deadline = setTimeout(fail, handshakeTimeoutMs);
    socket.on('readable', look).on('error', fail).on('end', fail).on('close', fail);
  });
}
