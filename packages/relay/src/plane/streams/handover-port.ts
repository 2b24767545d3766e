import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { formatTransportAddress, parseTransportAddress, type TransportAddress } from '@dialplane/stun';

/** Longest line before a stream: its two ends, as `192.0.2.1:50000 192.0.2.9:443` or `[2001:db8::1]:50000 [2001:db8::9]:443`. */
const longestLine = 128;
const newline = 0x0a;

/** Both ends of a stream, as the client sees them. */
export interface StreamEnds {
  readonly remote: TransportAddress;
  readonly local: TransportAddress | undefined;
}

/**
 * Where the thread takes streams that another port has accepted and decrypted: a socket in a folder that only this user may enter. Through the kernel, because
 * that is what keeps the pace of a slow reader or a half-closed stream on its way from thread to thread.
 */
export class HandoverPort {
  readonly path: string;
  private readonly folder: string;
  private readonly server: Server;

  private constructor(folder: string, path: string, server: Server) {
    this.folder = folder;
    this.path = path;
    this.server = server;
  }

  static async open(onStream: (socket: Socket, ends: StreamEnds) => void): Promise<HandoverPort> {
    const folder = await mkdtemp(join(tmpdir(), 'dialplane-relay-'));
    const path = join(folder, 'streams');
    const server = createServer({ allowHalfOpen: true }, (socket) => readEnds(socket, onStream));
    server.listen(path);
    await once(server, 'listening');
    return new HandoverPort(folder, path, server);
  }

  /** No new streams; those that came go on. */
  async close(): Promise<void> {
    this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Sends a stream to a {@link HandoverPort}: both ways, with its pace, its half-closes and its end. */
export function handOver(stream: Duplex, { remote, local }: StreamEnds, path: string): void {
  const socket = connect({ path, allowHalfOpen: true });
  socket.write(`${[remote, local].flatMap((end) => (end === undefined ? [] : formatTransportAddress(end))).join(' ')}\n`);
  stream.on('error', () => socket.destroy());
  socket.on('error', () => stream.destroy());
  stream.on('close', () => (stream.readableEnded ? undefined : socket.destroy()));
  socket.on('close', () => stream.destroy());
  stream.pipe(socket);
  socket.pipe(stream);
}

function readEnds(socket: Socket, onStream: (socket: Socket, ends: StreamEnds) => void): void {
  socket.on('error', () => {}); // 'close' follows.
  socket.once('readable', () => {
    const line: number[] = [];
    for (let byte: Buffer | null = socket.read(1); byte !== null; byte = socket.read(1)) {
      if (byte[0] === newline) break;
      line.push(byte[0] ?? 0);
      if (line.length > longestLine) break;
    }
    const [remote, local] = String.fromCharCode(...line).split(' ').map(parseTransportAddress);
    if (remote === undefined) socket.destroy();
    else onStream(socket, { remote, local });
  });
}
