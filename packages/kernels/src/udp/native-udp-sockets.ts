import { getSystemErrorName } from 'node:util';
import { markAsUntransferable } from 'node:worker_threads';
import { addressWords } from './address-words.ts';
import { type DatagramFilter, outgoingWords, receivedWords, type UdpBatchHandler, type UdpOpenFailure, type UdpOpenOptions, type UdpSockets, type UdpStatistics, type UdpThread } from './udp-sockets.ts';

type Handle = { readonly __kind: 'udp-engine' };

/** What native/udp/module.cc exports. A negative number is an errno. */
export interface NativeUdp {
  /** How much of the slab received datagrams take. */
  readonly receiveBytes: number;
  create(state: readonly [onBatch: UdpBatchHandler, slab: ArrayBuffer, received: Int32Array, outgoing: Int32Array], ownsThread: number): Handle | number;
  open(handle: Handle, family: number, port: number, w0: number, w1: number, w2: number, w3: number, bufferBytes: number, receivesRuns: number, mayWait: DatagramFilter): number;
  portOf(handle: Handle, socket: number): number;
  close(handle: Handle, socket: number): void;
  send(handle: Handle, count: number): void;
  setCoalescing(handle: Handle, microseconds: number): void;
  statistics(handle: Handle): UdpStatistics;
  destroy(handle: Handle): void;
}

const scratchBytes = 1024 * 1024;
/** A run that arrived as one becomes as many descriptors as it has datagrams; what does not fit comes with the next call. */
const receivedCapacity = 1024;
const outgoingCapacity = 2048;
const mostMicroseconds = 1_000_000;
const mostBufferBytes = 2 ** 30;
const none: DatagramFilter = new Int32Array(0);

/** UDP sockets over the native kernel. @throws {Error} With the system's code: EBUSY where the thread is owned by others, EMFILE where it has no descriptors left. */
export function createNativeUdpSockets(native: NativeUdp, onBatch: UdpBatchHandler, thread: UdpThread): UdpSockets {
  return new NativeUdpSockets(native, onBatch, thread);
}

class NativeUdpSockets implements UdpSockets {
  readonly implementation = 'native';
  readonly slab: Uint8Array;
  readonly scratch: { readonly offset: number; readonly length: number };
  readonly received = new Int32Array(receivedCapacity * receivedWords.stride);
  readonly outgoing = new Int32Array(outgoingCapacity * outgoingWords.stride);
  readonly outgoingCapacity = outgoingCapacity;

  private readonly native: NativeUdp;
  private readonly handle: Handle;

  constructor(native: NativeUdp, onBatch: UdpBatchHandler, thread: UdpThread) {
    const slab = new ArrayBuffer(native.receiveBytes + scratchBytes);
    this.native = native;
    this.slab = new Uint8Array(slab);
    this.scratch = { offset: native.receiveBytes, length: scratchBytes };
    // The kernel keeps pointers into them.
    for (const buffer of [slab, this.received.buffer, this.outgoing.buffer]) markAsUntransferable(buffer);
    const created = native.create([onBatch, slab, this.received, this.outgoing], thread === 'own' ? 1 : 0);
    if (typeof created === 'number') throw Object.assign(new Error(`The UDP kernel could not start: ${getSystemErrorName(created)}.`), { code: getSystemErrorName(created) });
    this.handle = created;
  }

  open({ address, port, bufferBytes = 0, receivesRuns = true, mayWait = none }: UdpOpenOptions, done: (opened: number | UdpOpenFailure) => void): void {
    const words = addressWords(address);
    if (words === undefined || !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      done({ code: 'EINVAL' });
      return;
    }
    const opened = this.native.open(this.handle, address.includes(':') ? 6 : 4, port, ...words, Math.min(bufferBytes, mostBufferBytes), receivesRuns ? 1 : 0, mayWait);
    done(opened < 0 ? { code: getSystemErrorName(opened) } : opened);
  }

  portOf(socket: number): number {
    const port = this.native.portOf(this.handle, socket);
    if (port < 0) throw new RangeError(`Socket ${socket} is not open.`);
    return port;
  }

  close(socket: number): void {
    this.native.close(this.handle, socket);
  }

  send(count: number): void {
    if (!(Number.isInteger(count) && count >= 0 && count <= outgoingCapacity)) throw new RangeError(`${count} is not a number of outgoing descriptors: 0 to ${outgoingCapacity}.`);
    this.native.send(this.handle, count);
  }

  setCoalescing(microseconds: number): void {
    const isPossible = Number.isInteger(microseconds) && microseconds >= 0 && microseconds <= mostMicroseconds;
    if (!isPossible) throw new RangeError(`${microseconds} is not a number of microseconds: 0 to ${mostMicroseconds}.`);
    this.native.setCoalescing(this.handle, microseconds);
  }

  statistics(): UdpStatistics {
    return this.native.statistics(this.handle);
  }

  destroy(): void {
    this.native.destroy(this.handle);
  }
}
