import { describeDatagram, type Forwarding, forwardingCall, outgoingWords, protectWords, type Srtp, srtpKind, srtpOverheadBytes, type UdpSockets } from '@dialplane/kernels';
import type { ValidPair } from '@dialplane/ice';
import { invariant } from '@dialplane/sansio';
import { unprotected } from '../transports/leg-transport.ts';

/** Packets protected and sent at once: so many that runs to one destination form, so few that what was encrypted is still in the cache when it is sent. */
const mostProtected = 256;
/** The same of packets that the kernel writes: nearly as many as the scratch region holds, so that runs to one destination form across the streams of a batch. */
const mostForwarded = 800;
/** Room for a header with every extension that is passed on. */
export const headerRoom = 384;

/**
 * What is to be sent, as descriptors for the two kernels: first all of it is protected, then all of it is sent. A full array or scratch region is sent in between.
 * Adding allocates nothing. Packets to one destination go out in the order in which they were added.
 */
export class PacketSender {
  /** Where headers and payloads are written; see {@link begin} and {@link share}. */
  readonly slab: Uint8Array;
  /** Packets that could not be protected: bugs, or a key that is used up. */
  failures = 0;
  private readonly sockets: UdpSockets;
  private readonly srtp: Srtp;
  private readonly outgoing: Int32Array;
  private readonly scratchStart: number;
  private readonly scratchEnd: number;
  private readonly protecting = new Int32Array(mostProtected * protectWords.stride);
  /** Of each protected packet, where its descriptor for the socket is. */
  private readonly outgoingAt = new Int32Array(mostProtected);
  private protectedCount = 0;
  private outgoingCount = 0;
  private sharedEnd: number;
  private at: number;

  constructor(sockets: UdpSockets, srtp: Srtp) {
    this.sockets = sockets;
    this.srtp = srtp;
    this.slab = sockets.slab;
    this.outgoing = sockets.outgoing;
    this.scratchStart = sockets.scratch.offset;
    this.scratchEnd = sockets.scratch.offset + sockets.scratch.length;
    this.sharedEnd = this.scratchStart;
    this.at = this.scratchStart;
  }

  /** A datagram that needs no protection; copied. */
  addPlain(route: ValidPair, bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.slab.set(bytes, this.at);
    this.describe(route, this.at, bytes.length);
    this.at += (bytes.length + 3) & ~3;
  }

  /**
   * Makes room for one packet whose prefix and payload are `length` bytes. @returns where in the slab its header goes, {@link headerRoom} bytes at most, and behind it
   * its prefix. `addRtp` or `addRtcp` has to follow before anything else.
   */
  begin(length: number): number {
    this.makeRoom(2 * headerRoom + length + srtpOverheadBytes);
    return this.at;
  }

  /** The packet whose header was written where `begin` said. The payload may be anywhere in the slab. */
  addRtp(context: number, route: ValidPair, headerLength: number, prefixLength: number, payloadOffset: number, payloadLength: number): void {
    if (context === unprotected) return this.addInParts(route, headerLength + prefixLength, payloadOffset, payloadLength);
    const destination = (this.at + headerLength + prefixLength + 3) & ~3;
    const words = this.protect(srtpKind.rtp, context, route, destination);
    const { protecting, at } = this;
    protecting[words + protectWords.headerOffset] = at;
    protecting[words + protectWords.headerLength] = headerLength;
    protecting[words + protectWords.prefixLength] = prefixLength;
    protecting[words + protectWords.payloadOffset] = payloadOffset;
    protecting[words + protectWords.payloadLength] = payloadLength;
    this.at = (destination + headerLength + prefixLength + payloadLength + srtpOverheadBytes + 3) & ~3;
  }

  /** The packet of which header, prefix and payload, `length` bytes, were written one behind the other where `begin` said. */
  addWholeRtp(context: number, route: ValidPair, headerLength: number, length: number): void {
    const { protecting, at } = this;
    if (context === unprotected) return this.addInParts(route, headerLength, at + headerLength, length - headerLength);
    const words = this.protect(srtpKind.rtp, context, route, at);
    protecting[words + protectWords.headerOffset] = at;
    protecting[words + protectWords.headerLength] = headerLength;
    protecting[words + protectWords.prefixLength] = 0;
    protecting[words + protectWords.payloadOffset] = at + headerLength;
    protecting[words + protectWords.payloadLength] = length - headerLength;
    this.at = (at + length + srtpOverheadBytes + 3) & ~3;
  }

  /** The RTCP packets of `length` bytes that were written where `begin(length)` said. */
  addRtcp(context: number, route: ValidPair, length: number): void {
    if (context === unprotected) return this.addInParts(route, length, this.at, 0);
    const words = this.protect(srtpKind.rtcp, context, route, this.at);
    const { protecting, at } = this;
    protecting[words + protectWords.headerOffset] = at;
    protecting[words + protectWords.headerLength] = length;
    protecting[words + protectWords.prefixLength] = 0;
    protecting[words + protectWords.payloadOffset] = 0;
    protecting[words + protectWords.payloadLength] = 0;
    this.at = (at + length + srtpOverheadBytes + 3) & ~3;
  }

  /** Has the kernel write packets behind what was added. @returns false where it is to be called again after a flush, and goes on from there. */
  forward(forwarding: Forwarding): boolean {
    const { call } = forwarding;
    call[forwardingCall.scratch] = this.at;
    call[forwardingCall.scratchEnd] = this.scratchEnd;
    call[forwardingCall.outgoing] = this.outgoingCount;
    call[forwardingCall.outgoingLimit] = Math.min(mostForwarded, this.sockets.outgoingCapacity);
    call[forwardingCall.failures] = this.failures;
    const isDone = this.srtp.forward(this.slab, forwarding, this.outgoing);
    this.at = call[forwardingCall.scratch] ?? 0;
    this.outgoingCount = call[forwardingCall.outgoing] ?? 0;
    this.failures = call[forwardingCall.failures] ?? 0;
    invariant(isDone || this.outgoingCount > 0, 'the scratch region has no room for a packet');
    return isDone;
  }

  /** Copies a payload that several packets have in common. @returns where it is until `endShared`. */
  share(bytes: Uint8Array): number {
    this.makeRoom(bytes.length);
    const offset = this.at;
    this.slab.set(bytes, offset);
    this.at = (offset + bytes.length + 3) & ~3;
    this.sharedEnd = this.at;
    return offset;
  }

  /** Where what is shared ends: for {@link endShared}, by who shares something while others do. */
  get sharedUntil(): number {
    return this.sharedEnd;
  }

  /** What was shared is not needed any more, or only what was shared up to `until`. */
  endShared(until = this.scratchStart): void {
    this.sharedEnd = until;
  }

  /** A packet that goes as it is, its front where `begin` said: the kernel puts the parts together. */
  private addInParts(route: ValidPair, frontLength: number, payloadOffset: number, payloadLength: number): void {
    const { at } = this;
    const words = this.outgoingCount * outgoingWords.stride;
    this.describe(route, payloadOffset, payloadLength);
    this.outgoing[words + outgoingWords.headerOffset] = at;
    this.outgoing[words + outgoingWords.headerLength] = frontLength;
    this.at = (Math.max(at + frontLength, payloadOffset >= at ? payloadOffset + payloadLength : 0) + 3) & ~3;
  }

  /** Ends the batch and says how many descriptors are to be sent: the answer to the kernel's callback. */
  take(): number {
    this.protectAll();
    const count = this.outgoingCount;
    this.outgoingCount = 0;
    this.at = this.sharedEnd;
    return count;
  }

  /** Sends what was added. */
  flush(): void {
    const count = this.take();
    if (count > 0) this.sockets.send(count);
  }

  private makeRoom(length: number): void {
    if (this.protectedCount < mostProtected && this.outgoingCount < this.sockets.outgoingCapacity && this.at + length <= this.scratchEnd) return;
    this.flush();
    invariant(this.at + length <= this.scratchEnd, `the scratch region has no room for ${length} bytes`);
  }

  private protect(kind: number, context: number, route: ValidPair, destination: number): number {
    const words = this.protectedCount * protectWords.stride;
    this.protecting[words + protectWords.kind] = kind;
    this.protecting[words + protectWords.context] = context;
    this.protecting[words + protectWords.destinationOffset] = destination;
    this.outgoingAt[this.protectedCount] = this.outgoingCount * outgoingWords.stride;
    this.protectedCount += 1;
    this.describe(route, destination, 0);
    return words;
  }

  /** A packet that could not be protected keeps its descriptor, to nowhere. */
  private protectAll(): void {
    const { protecting, outgoing, protectedCount } = this;
    if (protectedCount === 0) return;
    this.srtp.protect(this.slab, protecting, protectedCount);
    for (let index = 0; index < protectedCount; index += 1) {
      const result = protecting[index * protectWords.stride + protectWords.result] ?? 0;
      const at = this.outgoingAt[index] ?? 0;
      if (result > 0) outgoing[at + outgoingWords.length] = result;
      else {
        outgoing[at + outgoingWords.port] = 0;
        this.failures += 1;
      }
    }
    this.protectedCount = 0;
  }

  private describe({ socket, remote }: ValidPair, offset: number, length: number): void {
    describeDatagram(this.outgoing, this.outgoingCount * outgoingWords.stride, socket, remote, offset, length);
    this.outgoingCount += 1;
  }
}
