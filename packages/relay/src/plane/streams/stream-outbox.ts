import type { Socket } from 'node:net';

/** Answers of the server may wait this much longer than data; a client that lets even those pile up does not read. */
const answersFactor = 4;
const headerLength = 4;

/**
 * What is written to one stream: the packets of a batch as one write, and no more waiting bytes than a bound, so that a slow reader costs packets and never memory.
 */
export class StreamOutbox {
  private readonly socket: Socket;
  private readonly slab: Buffer;
  private readonly longestWait: number;
  /** Header, offset, length and padding of each packet. */
  private readonly packets: number[] = [];
  private queuedBytes = 0;

  constructor(socket: Socket, slab: Uint8Array, longestWait: number) {
    this.socket = socket;
    this.slab = Buffer.from(slab.buffer, slab.byteOffset, slab.byteLength);
    this.longestWait = longestWait;
  }

  /** Adds a packet that is in the slab until `flush`: 4 bytes of header (big-endian), payload, zeros. `false` where too much waits already. */
  queue(header: number, offset: number, length: number, padding: number): boolean {
    if (this.socket.writableLength + this.queuedBytes > this.longestWait) return false;
    this.packets.push(header, offset, length, padding);
    this.queuedBytes += headerLength + length + padding;
    return true;
  }

  flush(): void {
    const { packets, slab } = this;
    if (packets.length === 0) return;
    const joined = Buffer.allocUnsafe(this.queuedBytes);
    let at = 0;
    for (let index = 0; index < packets.length; index += 4) {
      const offset = packets[index + 1] ?? 0;
      at = joined.writeInt32BE(packets[index] ?? 0, at);
      at += slab.copy(joined, at, offset, offset + (packets[index + 2] ?? 0));
      for (let padding = packets[index + 3] ?? 0; padding > 0; padding -= 1) at = joined.writeUInt8(0, at);
    }
    packets.length = 0;
    this.queuedBytes = 0;
    this.socket.write(joined);
  }

  /** Writes a message of the server. `false` where so much waits that the client cannot be reading. */
  write(bytes: Uint8Array): boolean {
    if (this.socket.writableLength > this.longestWait * answersFactor) return false;
    this.socket.write(bytes);
    return true;
  }
}
