import { createServer, type Socket } from 'node:net';
import { invariant } from '@dialplane/sansio';
import { formatIpAddress, type IpAddress, parseIpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import { StreamFramer } from '@dialplane/turn';
import type { RelayLimits } from '../../relay-plane-options.ts';
import { endStream } from './end-stream.ts';
import type { PlaneCounters } from '../plane-statistics.ts';
import { StreamOutbox } from './stream-outbox.ts';

/** `newcomer` has not said anything that makes sense; `idle` has no allocation; `allocated` has; `bound` carries a peer's bytes (RFC 6062). */
export type StreamPhase = 'newcomer' | 'idle' | 'allocated' | 'bound';

/** One TCP connection, or one TLS connection that another port has decrypted. */
export interface StreamClient {
  /** Never used twice. */
  readonly connection: number;
  readonly remote: TransportAddress;
  /** The address of ours that it reached; `undefined` where that is not known. */
  readonly local: IpAddress | undefined;
  readonly transport: 'tcp' | 'tls';
  readonly socket: Socket;
  readonly framer: StreamFramer;
  readonly outbox: StreamOutbox;
  phase: StreamPhase;
  deadline: NodeJS.Timeout | undefined;
}

export interface StreamClientsOptions {
  readonly slab: Uint8Array;
  readonly limits: Pick<RelayLimits, 'streams' | 'streamsPerAddress' | 'firstMessageMs' | 'waitingBytesPerStream'>;
  readonly counters: PlaneCounters;
  /** Takes what a stream brought: its framer holds it. Phase is not `bound`. */
  readonly onData: (client: StreamClient, chunk: Uint8Array) => void;
  readonly onClosed: (connection: number) => void;
}

/** How long a stream without allocation may be silent. */
const idleMs = 60_000;
/** Longest message of a stream that has no allocation: requests are short. */
const longestRequest = 4096;
/** Fatal alert `unexpected_message` (RFC 8446 §6): what a TLS client understands where TLS is not spoken. */
const tlsAlert = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 10);
const tlsHandshake = 0x16;

/** The clients that come over streams: their limits, their ends, and what is written to them. */
export class StreamClients {
  private readonly options: StreamClientsOptions;
  private readonly byConnection = new Map<number, StreamClient>();
  private readonly byAddress = new Map<string, number>();
  private readonly written = new Set<StreamClient>();
  private lastConnection = 0;

  constructor(options: StreamClientsOptions) {
    this.options = options;
  }

  /** Listens on a TCP port. @returns how to stop; streams that are open go on. @throws {Error} With the system's code. */
  async listen(local: TransportAddress): Promise<() => void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
      const ip = parseIpAddress(socket.remoteAddress ?? '');
      if (ip === undefined || socket.remotePort === undefined) socket.destroy();
      else this.add(socket, { remote: transportAddress(ip, socket.remotePort), local, transport: 'tcp' });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: formatIpAddress(local), port: local.port, ipv6Only: local.family === 6, exclusive: true, backlog: 1024 }, resolve);
    });
    server.on('error', () => {}); // An accept that failed (EMFILE): the client tries again.
    return () => server.close();
  }

  /** Takes a stream, its first bytes still unread, unless there are too many. */
  add(socket: Socket, { remote, local, transport }: Pick<StreamClient, 'remote' | 'local' | 'transport'>): void {
    const { limits, slab, counters } = this.options;
    const address = networkOf(remote);
    const held = this.byAddress.get(address) ?? 0;
    if (this.byConnection.size >= limits.streams || held >= limits.streamsPerAddress) {
      counters.add('streamsRefused');
      socket.destroy();
      return;
    }
    this.lastConnection += 1;
    const client: StreamClient = {
      connection: this.lastConnection,
      remote,
      local,
      transport,
      socket,
      framer: new StreamFramer(longestRequest),
      outbox: new StreamOutbox(socket, slab, limits.waitingBytesPerStream),
      phase: 'newcomer',
      deadline: undefined,
    };
    this.byConnection.set(client.connection, client);
    this.byAddress.set(address, held + 1);
    counters.set('streamsNow', this.byConnection.size);
    this.closeIn(client, limits.firstMessageMs);
    socket.on('data', (chunk) => this.take(client, chunk));
    socket.on('end', () => client.phase !== 'bound' && socket.end());
    socket.on('error', () => {}); // 'close' follows.
    socket.on('close', () => this.forget(client, address));
  }

  get(connection: number): StreamClient | undefined {
    return this.byConnection.get(connection);
  }

  /** A stream said something that makes sense. */
  heard(client: StreamClient): void {
    if (client.phase === 'newcomer') client.phase = 'idle';
    if (client.phase === 'idle') this.closeIn(client, idleMs);
  }

  /** An allocation of this stream began or ended. */
  setAllocated(connection: number, isAllocated: boolean): void {
    const client = this.byConnection.get(connection);
    if (client === undefined || client.phase === 'bound') return;
    client.phase = isAllocated ? 'allocated' : 'idle';
    client.framer.setLongest(isAllocated ? undefined : longestRequest);
    if (isAllocated) clearTimeout(client.deadline);
    else this.closeIn(client, idleMs);
  }

  /** Hands the stream over to who moves a peer's bytes. @returns what it brought beyond its last message. */
  bind(client: StreamClient): Uint8Array {
    invariant(client.phase !== 'bound', `stream ${client.connection} is bound twice`);
    client.phase = 'bound';
    clearTimeout(client.deadline);
    client.socket.removeAllListeners('data');
    client.socket.pause();
    return client.framer.takeRest();
  }

  /** Sends a message of the server. A client that reads nothing at all is closed. */
  send(connection: number, bytes: Uint8Array): void {
    const client = this.byConnection.get(connection);
    if (client?.outbox.write(bytes) === false) client.socket.destroy();
  }

  /** Adds a peer's packet, which is in the slab until the batch ends, to what is written then. `false` where the client reads too slowly. */
  queue(connection: number, header: number, offset: number, length: number, padding: number): boolean {
    const client = this.byConnection.get(connection);
    if (client === undefined) return false;
    this.written.add(client);
    return client.outbox.queue(header, offset, length, padding);
  }

  /** Writes what was queued, each stream's in one piece. */
  flush(): void {
    if (this.written.size === 0) return;
    for (const client of this.written) client.outbox.flush();
    this.written.clear();
  }

  /** Closes a stream after what was written to it. */
  close(connection: number): void {
    const client = this.byConnection.get(connection);
    if (client !== undefined) endStream(client.socket);
  }

  closeAll(): void {
    for (const { socket } of this.byConnection.values()) endStream(socket);
  }

  private take(client: StreamClient, chunk: Uint8Array): void {
    if (client.phase === 'newcomer' && chunk[0] === tlsHandshake) {
      client.socket.write(tlsAlert);
      endStream(client.socket);
      return;
    }
    this.options.onData(client, chunk);
  }

  private closeIn(client: StreamClient, milliseconds: number): void {
    clearTimeout(client.deadline);
    client.deadline = setTimeout(() => client.socket.destroy(), milliseconds).unref();
  }

  private forget(client: StreamClient, address: string): void {
    clearTimeout(client.deadline);
    this.byConnection.delete(client.connection);
    this.written.delete(client);
    const left = (this.byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.byAddress.set(address, left);
    else this.byAddress.delete(address);
    this.options.counters.set('streamsNow', this.byConnection.size);
    this.options.onClosed(client.connection);
  }
}

/** Whose streams are counted together: an IPv4 address, or an IPv6 /64, of which one customer has all addresses. */
function networkOf(ip: IpAddress): string {
  return ip.family === 4 ? `${ip.w0}` : `${ip.w0} ${ip.w1}`;
}
