import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as oneTurn, setTimeout as delay } from 'node:timers/promises';
import { formatIpAddress, parseIpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import type { TurnServerInput } from '@dialplane/turn';
import { endStream } from './end-stream.ts';
import type { PortOpener } from '../ports/relay-ports.ts';
import type { Hairpin } from '../packets/hairpin.ts';
import { pumpStream } from './pump-stream.ts';
import type { StreamClient, StreamClients } from './stream-clients.ts';
import { systemErrorCode } from '../system-error-code.ts';

export interface PeerStreamsOptions {
  readonly streams: StreamClients;
  readonly give: (input: TurnServerInput) => void;
  /** Where there is 1:1 NAT. */
  readonly hairpin: Hairpin | undefined;
  /** How long a pair of streams has to rest after these bytes, in milliseconds: the user's rate. */
  readonly restAfter: (peerConnection: number, bytes: number) => number;
}

/** A TCP relay: it listens on its port, except while connections from that very port begin. */
interface TcpRelay {
  readonly relay: number;
  readonly local: TransportAddress;
  /** `undefined` when the relay is closed. */
  server: Server | undefined;
  state: 'listening' | 'connecting';
  readonly wanted: WantedConnection[];
}

/** A connection that has not begun. */
interface WantedConnection {
  readonly peerConnection: number;
  readonly peer: TransportAddress;
  /** How often it has failed. */
  readonly failures: number;
}

/**
 * What passes: a peer that is a relay of ours may have stepped aside at that moment (see {@link PeerStreams}), and where this process has just begun to start a program, that has our listener, too, until it
 * has become that program (`fork` before `exec`): the port is then still in use.
 */
const passingErrors: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'EADDRINUSE']);
const retryAfterMs = [10, 50, 200] as const;

/**
 * The TCP side of TCP relays (RFC 6062 §5): listeners on relayed addresses, connections to peers from the same address and port, and the bytes between
 * two bound streams. What a peer sends before its stream is bound stays in the kernel, which makes the peer wait.
 */
export class PeerStreams implements PortOpener {
  private readonly options: PeerStreamsOptions;
  private readonly relays = new Map<number, TcpRelay>();
  private readonly accepted = new Map<number, Socket>();
  private readonly peers = new Map<number, Socket>();
  private lastNumber = 0;

  constructor(options: PeerStreamsOptions) {
    this.options = options;
  }

  open(relay: number, local: TransportAddress, done: (opened: number | { readonly code: string }) => void): void {
    this.lastNumber += 1;
    const opened = this.lastNumber;
    const tcpRelay: TcpRelay = { relay, local, server: undefined, state: 'listening', wanted: [] };
    void this.openListener(opened, tcpRelay, done);
  }

  close(opened: number): void {
    const tcpRelay = this.relays.get(opened);
    this.relays.delete(opened);
    tcpRelay?.server?.close();
    if (tcpRelay !== undefined) tcpRelay.server = undefined;
  }

  /** Connects from the relay's own port. @param opened what `open` called the relay. */
  connect(opened: number, peerConnection: number, peer: TransportAddress, failures = 0): void {
    const tcpRelay = this.relays.get(opened);
    if (tcpRelay === undefined) return this.options.give({ kind: 'peerFailed', peerConnection });
    tcpRelay.wanted.push({ peerConnection, peer, failures });
    if (tcpRelay.state === 'listening') void this.connectWanted(opened, tcpRelay);
  }

  adopt(handle: number, peerConnection: number): void {
    const socket = this.accepted.get(handle);
    this.accepted.delete(handle);
    if (socket !== undefined) this.keep(peerConnection, socket);
  }

  refuse(handle: number): void {
    this.accepted.get(handle)?.destroy();
    this.accepted.delete(handle);
  }

  /** Moves bytes between the two from here on. */
  bind(client: StreamClient, peerConnection: number): void {
    const socket = this.peers.get(peerConnection);
    const rest = this.options.streams.bind(client);
    if (socket === undefined) return endStream(client.socket);
    const count = (toPeerBytes: number, toClientBytes: number): number => {
      this.options.give({ kind: 'streamsRelayed', peerConnection, toPeerBytes, toClientBytes });
      return this.options.restAfter(peerConnection, toPeerBytes + toClientBytes);
    };
    if (rest.length > 0) client.socket.unshift(rest);
    pumpStream(client.socket, socket, (bytes) => count(bytes, 0));
    pumpStream(socket, client.socket, (bytes) => count(0, bytes));
  }

  /** Closes a peer's stream after what was written to it. */
  closePeer(peerConnection: number): void {
    const socket = this.peers.get(peerConnection);
    if (socket !== undefined) endStream(socket);
    this.peers.delete(peerConnection);
  }

  /**
   * A port on which something listens cannot be connected from (and Node cannot share it), so that the listener steps aside until the connections have their port, which
   * they get at the next tick. Whoever waits to be accepted would be reset with it, and is taken before.
   */
  private async connectWanted(opened: number, tcpRelay: TcpRelay): Promise<void> {
    tcpRelay.state = 'connecting';
    while (tcpRelay.wanted.length > 0 && this.relays.has(opened)) {
      await oneTurn();
      if (!this.relays.has(opened)) return;
      tcpRelay.server?.close();
      for (const wanted of tcpRelay.wanted.splice(0)) this.connectPeer(opened, tcpRelay.local, wanted);
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (!this.relays.has(opened)) return;
      await this.listenAgain(opened, tcpRelay).catch(() => this.options.give({ kind: 'relayFailed', relay: tcpRelay.relay, reason: 'serverError' }));
    }
    tcpRelay.state = 'listening';
  }

  private async listenAgain(opened: number, tcpRelay: TcpRelay): Promise<void> {
    for (const retryMs of [...retryAfterMs, undefined]) {
      try {
        return await this.listen(tcpRelay);
      } catch (error) {
        if (!passingErrors.has(systemErrorCode(error)) || retryMs === undefined) throw error;
      }
      await delay(retryMs);
      if (!this.relays.has(opened)) return;
    }
  }

  private connectPeer(opened: number, local: TransportAddress, { peerConnection, peer, failures }: WantedConnection): void {
    const to = this.options.hairpin?.outward(peer) ?? peer;
    const socket = connect({ host: formatIpAddress(to), port: to.port, localAddress: formatIpAddress(local), localPort: local.port, allowHalfOpen: true, noDelay: true });
    socket.pause();
    socket.once('connect', () => this.options.give({ kind: 'peerConnected', peerConnection }));
    this.keep(peerConnection, socket);
    const retryMs = retryAfterMs[failures];
    socket.once('error', (error) => {
      if (!passingErrors.has(systemErrorCode(error)) || retryMs === undefined || !this.peers.delete(peerConnection)) return;
      setTimeout(() => this.connect(opened, peerConnection, peer, failures + 1), retryMs);
    });
  }

  private keep(peerConnection: number, socket: Socket): void {
    this.peers.set(peerConnection, socket);
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => {
      if (this.peers.delete(peerConnection)) this.options.give({ kind: 'peerClosed', peerConnection });
    });
  }

  private async openListener(opened: number, tcpRelay: TcpRelay, done: (opened: number | { readonly code: string }) => void): Promise<void> {
    try {
      await this.listen(tcpRelay);
    } catch (error) {
      return done({ code: systemErrorCode(error) ?? 'EUNKNOWN' });
    }
    this.relays.set(opened, tcpRelay);
    done(opened);
  }

  /** Rejects with the system's error. */
  private async listen(tcpRelay: TcpRelay): Promise<void> {
    const { local } = tcpRelay;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => this.accept(tcpRelay, socket));
    tcpRelay.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: formatIpAddress(local), port: local.port, ipv6Only: local.family === 6, exclusive: true }, resolve);
    });
    server.on('error', () => {}); // An accept that failed (EMFILE): the peer tries again.
    if (tcpRelay.server !== server) server.close();
  }

  private accept({ relay }: TcpRelay, socket: Socket): void {
    const ip = parseIpAddress(socket.remoteAddress ?? '');
    if (ip === undefined || socket.remotePort === undefined) {
      socket.destroy();
      return;
    }
    this.lastNumber += 1;
    this.accepted.set(this.lastNumber, socket);
    socket.on('error', () => {});
    const peer = transportAddress(ip, socket.remotePort);
    this.options.give({ kind: 'peerAccepted', relay, handle: this.lastNumber, peer: this.options.hairpin?.inward(peer) ?? peer });
  }
}
