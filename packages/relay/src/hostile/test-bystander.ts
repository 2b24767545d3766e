import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseTransportAddress, type TransportAddress } from '@dialplane/stun';
import { type ClientPath, openClientPath } from '../client/client-path.ts';
import { TurnConnection } from '../client/turn-connection.ts';
import type { TestRelayPlane } from '../test-relay-plane.ts';

export function address(text: string): TransportAddress {
  const parsed = parseTransportAddress(text);
  assert.ok(parsed, text);
  return parsed;
}

/** A bound UDP socket on loopback; also on addresses like 127.1.2.3, which are other machines for whoever counts by address. */
export async function udpSocket(host = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

/** A path that remembers what was sent, as somebody on the way could. */
export class OverheardPath implements ClientPath {
  readonly sent: Uint8Array[] = [];
  private readonly path: ClientPath;

  constructor(path: ClientPath) {
    this.path = path;
  }

  get isStream(): boolean {
    return this.path.isStream;
  }

  get localAddress(): string {
    return this.path.localAddress;
  }

  get localPort(): number {
    return this.path.localPort;
  }

  listen(events: Parameters<ClientPath['listen']>[0]): void {
    this.path.listen(events);
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes.slice());
    this.path.send(bytes);
  }

  close(): void {
    this.path.close();
  }
}

/** Somebody who talks to a peer over the relay while others attack it: every packet must come back. */
export class Bystander {
  readonly path: OverheardPath;
  readonly username: string;
  private readonly turn: TurnConnection;
  private readonly peer: Socket;
  private readonly peerAddress: TransportAddress;
  private readonly arrived: { onArrival: () => void; readonly bytes: Uint8Array[] };

  private constructor(username: string, turn: TurnConnection, path: OverheardPath, peer: Socket, arrived: Bystander['arrived']) {
    this.username = username;
    this.turn = turn;
    this.path = path;
    this.peer = peer;
    this.peerAddress = address(`127.0.0.1:${peer.address().port}`);
    this.arrived = arrived;
  }

  static async start(relay: TestRelayPlane, transport: 'udp' | 'tcp' = 'tcp'): Promise<Bystander> {
    const peer = await udpSocket();
    peer.on('message', (bytes, from) => peer.send(bytes, from.port, from.address));
    const { username, password } = relay.admit({ userId: 'bystander' });
    const target = { host: '127.0.0.1', port: relay.port, transport } as const;
    const path = new OverheardPath(await openClientPath(target));
    const arrived: Bystander['arrived'] = { onArrival: () => undefined, bytes: [] };
    const onData = (_: TransportAddress, bytes: Uint8Array): void => {
      arrived.bytes.push(bytes);
      arrived.onArrival();
    };
    const bystander = new Bystander(username, new TurnConnection({ ...target, username, password, onData }, path), path, peer, arrived);
    await bystander.turn.allocate();
    await bystander.turn.bindChannel(bystander.peerAddress);
    return bystander;
  }

  /** Sends packets one after the other, each when the one before has come back. */
  async talk(packets = 50): Promise<void> {
    for (let number = 0; number < packets; number += 1) {
      const back = new Promise<void>((resolve) => (this.arrived.onArrival = resolve));
      this.turn.send(this.peerAddress, Uint8Array.of(number, 1, 2, 3));
      await back;
      assert.deepEqual([...(this.arrived.bytes.pop() ?? [])], [number, 1, 2, 3]);
    }
  }

  /** Goes without a word. */
  close(): void {
    this.turn.close();
    this.peer.close();
  }

  async release(): Promise<void> {
    await this.turn.release();
    this.peer.close();
  }
}
