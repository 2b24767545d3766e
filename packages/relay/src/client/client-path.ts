import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { StreamFramer } from '@dialplane/turn';

/** A STUN or TURN server, and how to reach it. */
export interface TurnServerTarget {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Of TLS: whom to trust, which name to expect. */
  readonly tls?: ConnectionOptions;
}

/** Datagrams, or the messages of a stream, to and from one server. */
export interface ClientPath {
  readonly isStream: boolean;
  /** Of this end. */
  readonly localAddress: string;
  readonly localPort: number;
  /** Begins to tell what arrives; once. */
  listen(events: ClientPathEvents): void;
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface ClientPathEvents {
  /** A view that is valid during the call. */
  readonly onMessage: (bytes: Uint8Array) => void;
  /** Once, and nothing after it. */
  readonly onFailed: (error: Error | undefined) => void;
}

/** Opens a path. Rejects with the system's error, or that of TLS. */
export function openClientPath(target: TurnServerTarget): Promise<ClientPath> {
  return target.transport === 'udp' ? openDatagramPath(target) : openStreamPath(target);
}

/** Opens a stream to a server, TLS handshake included. */
export async function openServerStream({ host, port, transport, tls = {} }: TurnServerTarget): Promise<Socket> {
  if (transport !== 'tls') {
    const socket = connectTcp({ host, port, noDelay: true });
    await once(socket, 'connect');
    return socket;
  }
  const socket = connectTls({ host, port, ALPNProtocols: ['stun.turn'], ...tls });
  await once(socket, 'secureConnect');
  return socket.setNoDelay(true);
}

async function openDatagramPath({ host, port }: TurnServerTarget): Promise<ClientPath> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  socket.connect(port, host);
  await once(socket, 'connect');
  const { address, port: localPort } = socket.address();
  socket.on('error', () => {}); // Also after the first.
  return {
    isStream: false,
    localAddress: address,
    localPort,
    listen: ({ onMessage, onFailed }) => socket.on('message', onMessage).once('error', onFailed),
    send: (bytes) => socket.send(bytes, () => {}),
    close: () => socket.close(),
  };
}

async function openStreamPath(target: TurnServerTarget): Promise<ClientPath> {
  const socket = await openServerStream(target);
  const framer = new StreamFramer();
  let failure: Error | undefined;
  socket.on('error', (error) => (failure = error));
  return {
    isStream: true,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
    listen: ({ onMessage, onFailed }) => {
      socket.on('close', () => onFailed(failure));
      socket.on('data', (chunk) => {
        framer.push(chunk);
        let next = framer.next();
        for (; next.kind === 'frame'; next = framer.next()) onMessage(next.bytes);
        if (next.kind === 'notTurn') socket.destroy(new Error('The server sent something that is neither STUN nor ChannelData.'));
      });
    },
    send: (bytes) => socket.write(bytes),
    close: () => socket.destroy(),
  };
}
