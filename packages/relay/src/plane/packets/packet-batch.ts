import { describeDatagram, outgoingFlags, outgoingWords, type UdpSockets } from '@dialplane/kernels';
import { invariant } from '@dialplane/sansio';
import type { TransportAddress } from '@dialplane/stun';

/**
 * Datagrams to send, written as descriptors into the kernel's array: by the answer to a batch (`take`), or at once (`flush`). A full array or scratch region is
 * sent in between. Adding allocates nothing.
 */
export class PacketBatch {
  private readonly sockets: UdpSockets;
  private readonly outgoing: Int32Array;
  private readonly view: DataView;
  private readonly scratchEnd: number;
  private readonly capacityWords: number;
  private scratchAt: number;
  private at = 0;

  constructor(sockets: UdpSockets) {
    this.sockets = sockets;
    this.outgoing = sockets.outgoing;
    this.view = new DataView(sockets.slab.buffer, sockets.slab.byteOffset, sockets.slab.byteLength);
    this.scratchAt = sockets.scratch.offset;
    this.scratchEnd = sockets.scratch.offset + sockets.scratch.length;
    this.capacityWords = sockets.outgoingCapacity * outgoingWords.stride;
  }

  /** Copies bytes into the slab. @returns where they are. */
  copy(bytes: Uint8Array): number {
    const offset = this.reserve(bytes.length);
    this.sockets.slab.set(bytes, offset);
    return offset;
  }

  /** `length` bytes that are in the slab at `offset`. */
  add(socket: number, to: TransportAddress, offset: number, length: number): void {
    if (this.at === this.capacityWords) this.flushDescriptors();
    this.describe(socket, to, offset, length);
  }

  /** As `add`, with the 4 bytes of `header` (big-endian) in front. */
  addWithHeader(socket: number, to: TransportAddress, header: number, offset: number, length: number): void {
    if (this.at === this.capacityWords) this.flushDescriptors();
    if (this.scratchAt + 4 > this.scratchEnd) this.flush();
    const { at, scratchAt } = this;
    this.view.setInt32(scratchAt, header);
    this.scratchAt = scratchAt + 4;
    this.describe(socket, to, offset, length);
    this.outgoing[at + outgoingWords.headerOffset] = scratchAt;
    this.outgoing[at + outgoingWords.headerLength] = 4;
  }

  /** A copy of `bytes`. */
  addBytes(socket: number, to: TransportAddress, bytes: Uint8Array, dontFragment = false): void {
    this.add(socket, to, this.copy(bytes), bytes.length);
    if (dontFragment) this.outgoing[this.at - outgoingWords.stride + outgoingWords.flags] = outgoingFlags.dontFragment;
  }

  /** Ends the batch and says how many descriptors it has: the answer to the kernel's callback. */
  take(): number {
    const count = this.at / outgoingWords.stride;
    this.at = 0;
    this.scratchAt = this.sockets.scratch.offset;
    return count;
  }

  /** Sends what was added. */
  flush(): void {
    const count = this.take();
    if (count > 0) this.sockets.send(count);
  }

  /** Room of `length` bytes in the slab. Longer than the scratch region is a bug. */
  private reserve(length: number): number {
    if (this.scratchAt + length > this.scratchEnd) this.flush();
    invariant(this.scratchAt + length <= this.scratchEnd, `the scratch region has no room for ${length} bytes`);
    const offset = this.scratchAt;
    this.scratchAt += (length + 3) & ~3;
    return offset;
  }

  /** As `flush`, but what was reserved stays: a caller may be about to add it. */
  private flushDescriptors(): void {
    const { scratchAt } = this;
    this.flush();
    this.scratchAt = scratchAt;
  }

  private describe(socket: number, to: TransportAddress, offset: number, length: number): void {
    describeDatagram(this.outgoing, this.at, socket, to, offset, length);
    this.at += outgoingWords.stride;
  }
}
