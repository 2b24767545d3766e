import { invariant } from '@dialplane/sansio';
import { encodeMessageType, type MessageClass } from './message-type.ts';
import { headerLength, magicCookie } from './stun-message.ts';

/**
 * Writes one message after another into a buffer that belongs to the caller; the header's length is right after every attribute, which is
 * what message integrity and FINGERPRINT are computed over (RFC 8489 §14.5-14.7).
 *
 * Running out of room is a bug of the caller, who knows what it writes; where the size depends on a stranger, ask `fits` first.
 */
export class MessageBuilder {
  /** The caller's buffer. */
  readonly buffer: Uint8Array;
  private end = 0;

  constructor(buffer: Uint8Array) {
    this.buffer = buffer;
  }

  /** Starts a message at the beginning of the buffer. @param transactionId 12 bytes, copied. */
  begin(messageClass: MessageClass, method: number, transactionId: Uint8Array): this {
    invariant(this.buffer.length >= headerLength && transactionId.length === 12, 'a STUN header needs 20 bytes and a 12 byte transaction id');
    writeUint16(this.buffer, 0, encodeMessageType(messageClass, method));
    writeUint16(this.buffer, 2, 0);
    writeInt32(this.buffer, 4, magicCookie);
    this.buffer.set(transactionId, 8);
    this.end = headerLength;
    return this;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.end;
  }

  /** Whether an attribute with `valueLength` bytes of value still fits. */
  fits(valueLength: number): boolean {
    const end = this.end + 4 + ((valueLength + 3) & ~3);
    return end <= this.buffer.length && end - headerLength <= 0xffff;
  }

  /** Appends the header and padding of an attribute and returns the offset where its `length` bytes of value belong. */
  reserve(type: number, length: number): number {
    invariant(this.fits(length), `attribute ${type} of ${length} bytes does not fit after ${this.end}`);
    const at = this.end + 4;
    const padded = (length + 3) & ~3;
    writeUint16(this.buffer, this.end, type);
    writeUint16(this.buffer, this.end + 2, length);
    this.buffer.fill(0, at + length, at + padded);
    this.end = at + padded;
    writeUint16(this.buffer, 2, this.end - headerLength);
    return at;
  }

  /** Appends an attribute with a copy of `value`. */
  attribute(type: number, value: Uint8Array): this {
    const at = this.reserve(type, value.length);
    this.buffer.set(value, at);
    return this;
  }

  /** Appends an attribute of one 32-bit number. */
  uint32(type: number, value: number): this {
    const at = this.reserve(type, 4);
    writeInt32(this.buffer, at, value);
    return this;
  }

  /** The message as a view into the buffer; valid until the next `begin`. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.end);
  }
}

/** Writes 16 bits, big-endian. */
export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes 32 bits, big-endian; signed or not. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
