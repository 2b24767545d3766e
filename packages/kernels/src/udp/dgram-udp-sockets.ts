import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { addressText, addressWords } from './address-words.ts';
import { outgoingWords, receivedKind, receivedWords, type UdpBatchHandler, type UdpOpenFailure, type UdpOpenOptions, type UdpSockets, type UdpStatistics } from './udp-sockets.ts';

/** Datagrams of one batch, and bytes for them: room for several of the largest. */
const receivedCapacity = 1024;
const receivedBytes = 2 * 1024 * 1024;
const scratchBytes = 1024 * 1024;
const outgoingCapacity = 2048;

/**
 * UDP sockets over `node:dgram`: the portable twin of the native kernel, at two to three times its cost. What arrived in one turn of the event loop is one batch.
 * It tells no ICMP errors, sends each datagram by itself and does not know `dontFragment`.
 */
export function createDgramUdpSockets(onBatch: UdpBatchHandler, absentBecause?: string): UdpSockets {
  return new DgramUdpSockets(onBatch, absentBecause);
}

class DgramUdpSockets implements UdpSockets {
  readonly implementation = 'dgram';
  readonly absentBecause?: string;
  readonly slab = new Uint8Array(receivedBytes + scratchBytes);
  readonly scratch = { offset: receivedBytes, length: scratchBytes };
  readonly received = new Int32Array(receivedCapacity * receivedWords.stride);
  readonly outgoing = new Int32Array(outgoingCapacity * outgoingWords.stride);
  readonly outgoingCapacity = outgoingCapacity;

  private readonly onBatch: UdpBatchHandler;
  private phase: 'open' | 'destroyed' = 'open';
  private readonly sockets = new Map<number, Socket>();
  private readonly opening = new Set<Socket>();
  private lastNumber = 0;
  private count = 0;
  private usedBytes = 0;
  private wakeUp: NodeJS.Immediate | undefined;
  private readonly counters = { wakeUps: 0, receivedDatagrams: 0, sentDatagrams: 0, sendCalls: 0, droppedSends: 0, waitedMs: 0 };

  constructor(onBatch: UdpBatchHandler, absentBecause: string | undefined) {
    this.onBatch = onBatch;
    if (absentBecause !== undefined) this.absentBecause = absentBecause;
  }

  open({ address, port, bufferBytes }: UdpOpenOptions, done: (opened: number | UdpOpenFailure) => void): void {
    const isIpv6 = isIPv6(address);
    if ((!isIpv6 && !isIPv4(address)) || !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      done({ code: 'EINVAL' });
      return;
    }
    if (this.phase === 'destroyed') {
      done({ code: 'EBADF' });
      return;
    }
    // A numeric address needs no resolver, and the one of Node would answer a turn later.
    const lookup = (host: string, _: unknown, found: (error: null, address: string, family: number) => void): void => found(null, host, isIpv6 ? 6 : 4);
    const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', ipv6Only: isIpv6, lookup: lookup as never });
    this.opening.add(socket);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (!this.opening.delete(socket)) return;
      socket.close();
      done({ code: error.code ?? 'EUNKNOWN' });
    });
    socket.bind({ address, port, exclusive: true }, () => {
      if (!this.opening.delete(socket)) return;
      if (bufferBytes !== undefined) growBuffers(socket, bufferBytes);
      const number = ++this.lastNumber;
      this.sockets.set(number, socket);
      socket.on('message', (bytes, from) => this.take(number, bytes, from));
      socket.on('error', () => {}); // One datagram is lost, as the network would lose it.
      done(number);
    });
  }

  portOf(socket: number): number {
    const found = this.sockets.get(socket);
    if (found === undefined) throw new RangeError(`Socket ${socket} is not open.`);
    return found.address().port;
  }

  close(socket: number): void {
    const found = this.sockets.get(socket);
    this.sockets.delete(socket);
    found?.close();
  }

  send(count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && count <= outgoingCapacity)) throw new RangeError(`${count} is not a number of outgoing descriptors: 0 to ${outgoingCapacity}.`);
    for (let at = 0; at < count * outgoingWords.stride; at += outgoingWords.stride) this.sendOne(at);
  }

  setCoalescing(): void {}

  statistics(): UdpStatistics {
    return { ...this.counters };
  }

  destroy(): void {
    this.phase = 'destroyed';
    clearImmediate(this.wakeUp);
    for (const socket of [...this.sockets.values(), ...this.opening]) socket.close();
    this.sockets.clear();
    this.opening.clear();
  }

  private take(socket: number, bytes: Uint8Array, from: RemoteInfo): void {
    if (!this.sockets.has(socket)) return;
    if (this.count === receivedCapacity || this.usedBytes + bytes.length > receivedBytes) this.tellBatch();
    const words = addressWords(from.address);
    if (words === undefined) return;
    const { received, usedBytes } = this;
    this.slab.set(bytes, usedBytes);
    this.usedBytes += bytes.length;
    const at = this.count++ * receivedWords.stride;
    received[at + receivedWords.kind] = receivedKind.datagram;
    received[at + receivedWords.socket] = socket;
    received[at + receivedWords.family] = from.family === 'IPv6' ? 6 : 4;
    received[at + receivedWords.port] = from.port;
    received.set(words, at + receivedWords.w0);
    received[at + receivedWords.offset] = usedBytes;
    received[at + receivedWords.length] = bytes.length;
    received[at + receivedWords.detail] = 0;
    this.counters.receivedDatagrams += 1;
    this.wakeUp ??= setImmediate(() => this.tellBatch());
  }

  private tellBatch(): void {
    clearImmediate(this.wakeUp);
    this.wakeUp = undefined;
    const count = this.discardClosed();
    this.count = 0;
    this.usedBytes = 0;
    if (count === 0) return;
    this.counters.wakeUps += 1;
    this.send(this.onBatch(count));
  }

  /** Takes out of the batch what belongs to sockets that were closed since it arrived. @returns How many descriptors are left. */
  private discardClosed(): number {
    const { received } = this;
    const { stride } = receivedWords;
    let kept = 0;
    for (let index = 0; index < this.count; index += 1) {
      const at = index * stride;
      if (!this.sockets.has(received[at + receivedWords.socket] ?? 0)) continue;
      if (kept !== index) received.copyWithin(kept * stride, at, at + stride);
      kept += 1;
    }
    return kept;
  }

  private sendOne(at: number): void {
    const { outgoing, counters } = this;
    const word = (index: number): number => outgoing[at + index] ?? 0;
    const socket = this.sockets.get(word(outgoingWords.socket));
    const port = word(outgoingWords.port);
    const header = this.bytes(word(outgoingWords.headerOffset), word(outgoingWords.headerLength));
    const payload = this.bytes(word(outgoingWords.offset), word(outgoingWords.length));
    if (socket === undefined || port === 0) {
      counters.droppedSends += 1;
      return;
    }
    // A copy: the socket may keep it until it is writable again.
    const datagram = Buffer.concat([header, payload]);
    const address = addressText(word(outgoingWords.family), word(outgoingWords.w0), word(outgoingWords.w1), word(outgoingWords.w2), word(outgoingWords.w3));
    counters.sendCalls += 1;
    socket.send(datagram, port, address, (error) => {
      if (error === null) counters.sentDatagrams += 1;
      else counters.droppedSends += 1;
    });
  }

  private bytes(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.slab.length) throw new RangeError(`An outgoing descriptor reaches outside the slab: ${length} bytes at ${offset}.`);
    return this.slab.subarray(offset, offset + length);
  }
}

function growBuffers(socket: Socket, bytes: number): void {
  socket.setRecvBufferSize(bytes);
  socket.setSendBufferSize(bytes);
}
