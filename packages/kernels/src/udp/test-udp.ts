import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { addressText, addressWords } from './address-words.ts';
import { createUdpSockets } from './create-udp-sockets.ts';
import { outgoingWords, receivedWords, type UdpOpenOptions, type UdpSockets } from './udp-sockets.ts';

/** A received descriptor, read. */
export interface ReceivedItem {
  readonly kind: number;
  readonly socket: number;
  readonly address: string;
  readonly port: number;
  /** Of a datagram. */
  readonly bytes: Buffer;
  /** Of an ICMP error. */
  readonly type: number;
  readonly code: number;
  readonly detail: number;
}

export interface Outgoing {
  readonly socket: number;
  readonly address: string;
  readonly port: number;
  readonly payload: Uint8Array;
  readonly header?: Uint8Array;
  readonly flags?: number;
}

/** UDP sockets with a mailbox: what arrived can be waited for. */
export class UdpBench {
  readonly sockets: UdpSockets;
  readonly items: ReceivedItem[] = [];
  /** Called for each item inside the callback. */
  onItem: (item: ReceivedItem) => void = () => {};
  private waiting: (() => void) | undefined;
  private scratchUsed = 0;

  constructor(implementation: 'native' | 'dgram') {
    this.sockets = createUdpSockets({ implementation, onBatch: (count) => this.take(count) });
  }

  open(options: Partial<UdpOpenOptions> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      this.sockets.open({ address: '127.0.0.1', port: 0, ...options }, (opened) => (typeof opened === 'number' ? resolve(opened) : reject(Object.assign(new Error(opened.code), opened))));
    });
  }

  /** Waits until that many items have arrived since the start. */
  async until(count: number): Promise<readonly ReceivedItem[]> {
    while (this.items.length < count) await new Promise<void>((resolve) => (this.waiting = resolve));
    return this.items;
  }

  send(...datagrams: readonly Outgoing[]): void {
    this.scratchUsed = 0;
    datagrams.forEach((datagram, index) => this.describe(index, datagram));
    this.sockets.send(datagrams.length);
  }

  describe(index: number, { socket, address, port, payload, header = new Uint8Array(), flags = 0 }: Outgoing): void {
    const [w0, w1, w2, w3] = addressWords(address) ?? [0, 0, 0, 0];
    const at = index * outgoingWords.stride;
    const words = new Int32Array(outgoingWords.stride);
    words[outgoingWords.socket] = socket;
    words[outgoingWords.family] = address.includes(':') ? 6 : 4;
    words[outgoingWords.port] = port;
    words.set([w0, w1, w2, w3], outgoingWords.w0);
    words[outgoingWords.headerOffset] = this.write(header);
    words[outgoingWords.headerLength] = header.length;
    words[outgoingWords.offset] = this.write(payload);
    words[outgoingWords.length] = payload.length;
    words[outgoingWords.flags] = flags;
    this.sockets.outgoing.set(words, at);
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
      this.items.push(item);
      this.onItem(item);
    }
    this.waiting?.();
    return 0;
  }
}

export function readReceived({ received, slab }: UdpSockets, index: number): ReceivedItem {
  const word = (name: number): number => received[index * receivedWords.stride + name] ?? 0;
  const kind = word(receivedWords.kind);
  const offset = word(receivedWords.offset);
  const length = word(receivedWords.length);
  return {
    kind,
    socket: word(receivedWords.socket),
    address: addressText(word(receivedWords.family), word(receivedWords.w0), word(receivedWords.w1), word(receivedWords.w2), word(receivedWords.w3)),
    port: word(receivedWords.port),
    bytes: kind === 0 ? Buffer.from(slab.subarray(offset, offset + length)) : Buffer.alloc(0),
    type: kind === 0 ? 0 : offset,
    code: kind === 0 ? 0 : length,
    detail: word(receivedWords.detail),
  };
}

/** A plain socket of Node's as the other side; its messages are kept in order. */
export async function openPeer(address = '127.0.0.1'): Promise<{ readonly socket: Socket; readonly port: number; readonly messages: Buffer[]; until(count: number): Promise<readonly Buffer[]> }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
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
