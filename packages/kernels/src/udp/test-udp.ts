import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { TestContext } from 'node:test';
import { addressText, addressWords } from './address-words.ts';
import { createUdpSockets } from './create-udp-sockets.ts';
import { outgoingWords, receivedKind, receivedWords, type UdpOpenOptions, type UdpSockets } from './udp-sockets.ts';

/** A received descriptor, read. */
export type Received =
  | { readonly kind: 'datagram'; readonly socket: number; readonly address: string; readonly port: number; readonly bytes: Buffer }
  | { readonly kind: 'icmpError'; readonly socket: number; readonly address: string; readonly port: number; readonly type: number; readonly code: number; readonly mtu: number };

/** A datagram to be described. */
export interface Outgoing {
  readonly socket: number;
  readonly address: string;
  readonly port: number;
  readonly payload: Uint8Array;
  readonly header?: Uint8Array;
  readonly flags?: number;
}

/** UDP sockets with a mailbox: what arrived can be waited for. Destroyed behind the test. */
export class UdpBench {
  readonly sockets: UdpSockets;
  readonly received: Received[] = [];
  /** Called for each item inside the callback. */
  onReceived: (item: Received) => void = () => {};
  private waiting: (() => void) | undefined;
  private scratchUsed = 0;

  constructor(t: Pick<TestContext, 'after'>, implementation: 'native' | 'dgram') {
    this.sockets = createUdpSockets({ implementation, onBatch: (count) => this.take(count) });
    t.after(() => this.sockets.destroy());
  }

  open(options: Partial<UdpOpenOptions> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      this.sockets.open({ address: '127.0.0.1', port: 0, ...options }, (opened) => {
        if (typeof opened === 'number') resolve(opened);
        else reject(Object.assign(new Error(opened.code), opened));
      });
    });
  }

  /** Waits until that many items have arrived since the start. */
  async until(count: number): Promise<readonly Received[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    return this.received;
  }

  /** The bytes of the datagrams that have arrived. */
  datagrams(): readonly Buffer[] {
    return this.received.flatMap((item) => (item.kind === 'datagram' ? [item.bytes] : []));
  }

  send(...datagrams: readonly Outgoing[]): void {
    this.sockets.send(this.describe(...datagrams));
  }

  /** Writes descriptors and bytes. @returns How many, as the batch callback does. */
  describe(...datagrams: readonly Outgoing[]): number {
    this.scratchUsed = 0;
    for (const [index, { socket, address, port, payload, header = new Uint8Array(), flags = 0 }] of datagrams.entries()) {
      const words = new Int32Array(outgoingWords.stride);
      words[outgoingWords.socket] = socket;
      words[outgoingWords.family] = isIPv6(address) ? 6 : 4;
      words[outgoingWords.port] = port;
      words.set(addressWords(address) ?? [], outgoingWords.w0);
      words[outgoingWords.headerOffset] = this.write(header);
      words[outgoingWords.headerLength] = header.length;
      words[outgoingWords.offset] = this.write(payload);
      words[outgoingWords.length] = payload.length;
      words[outgoingWords.flags] = flags;
      this.sockets.outgoing.set(words, index * outgoingWords.stride);
    }
    return datagrams.length;
  }

  private write(bytes: Uint8Array): number {
    const offset = this.sockets.scratch.offset + this.scratchUsed;
    this.sockets.slab.set(bytes, offset);
    this.scratchUsed += bytes.length;
    return offset;
  }

  private take(count: number): number {
    for (let index = 0; index < count; index += 1) {
      const item = readReceived(this.sockets, index);
      this.received.push(item);
      this.onReceived(item);
    }
    this.waiting?.();
    return 0;
  }
}

function readReceived({ received, slab }: UdpSockets, index: number): Received {
  const word = (name: number): number => received[index * receivedWords.stride + name] ?? 0;
  const socket = word(receivedWords.socket);
  const address = addressText(word(receivedWords.family), word(receivedWords.w0), word(receivedWords.w1), word(receivedWords.w2), word(receivedWords.w3));
  const port = word(receivedWords.port);
  const offset = word(receivedWords.offset);
  const length = word(receivedWords.length);
  if (word(receivedWords.kind) === receivedKind.icmpError) return { kind: 'icmpError', socket, address, port, type: offset, code: length, mtu: word(receivedWords.detail) };
  return { kind: 'datagram', socket, address, port, bytes: Buffer.from(slab.subarray(offset, offset + length)) };
}

/** A plain socket of Node's as the other side. */
export interface Peer {
  readonly socket: Socket;
  readonly port: number;
  /** What it received, in order. */
  readonly messages: readonly Buffer[];
  until(count: number): Promise<readonly Buffer[]>;
}

export async function openPeer(t: TestContext, address = '127.0.0.1'): Promise<Peer> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  t.after(() => socket.close());
  const messages: Buffer[] = [];
  socket.on('message', (message) => messages.push(message));
  socket.bind(0, address);
  await once(socket, 'listening');
  const until = async (count: number): Promise<readonly Buffer[]> => {
    while (messages.length < count) await once(socket, 'message');
    return messages;
  };
  return { socket, port: socket.address().port, messages, until };
}
