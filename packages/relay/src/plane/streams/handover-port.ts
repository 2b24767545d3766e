import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { formatTransportAddress, parseTransportAddress, type TransportAddress } from '@dialplane/stun';

/** Longest line before a stream: its two ends, as `192.0.2.1:50000 192.0.2.9:443` or `[2001:db8::1]:50000 [2001:db8::9]:443`. */
const longestLine = 128;
const newline = 0x0a;
/** What the path of a socket may have everywhere, in bytes; Linux takes four more. */
const longestPath = 103;

const [folderName, fileName] = ['relay-streams', 'socket'];

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

  /** @param dataFolder Nobody else's: what a run leaves there that is killed, the next one replaces. Where its name is too long for the path of a socket, a temporary folder stands in. */
  static async open(dataFolder: string, onStream: (socket: Socket, ends: StreamEnds) => void): Promise<HandoverPort> {
    const folder = await folderIn(dataFolder);
    const path = join(folder, fileName);
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

/** An empty folder that only this user may enter. */
async function folderIn(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, folderName);
  if (Buffer.byteLength(join(folder, fileName)) > longestPath) return mkdtemp(join(tmpdir(), 'dialplane-relay-'));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
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
