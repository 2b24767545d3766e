import { stunAttribute } from './attribute-type.ts';
import { messageClassOf, methodOf, type MessageClass } from './message-type.ts';

/** Length of the header of RFC 8489 §5 in bytes. */
export const headerLength = 20;
/** RFC 8489 §5: bytes 4..7 of every message, as a signed 32-bit integer. */
export const magicCookie = 0x2112a442;
/** More attributes than any usage sends; a message with more is refused, so that looking one up stays cheap. */
const attributeLimit = 128;

/** Why bytes are not a STUN message. */
export type ParseErrorCode =
  | 'TOO_SHORT'
  | 'NOT_STUN'
  | 'WRONG_MAGIC_COOKIE'
  | 'LENGTH_NOT_ALIGNED'
  | 'LENGTH_MISMATCH'
  | 'ATTRIBUTE_TRUNCATED'
  | 'INTEGRITY_LENGTH'
  | 'FINGERPRINT_LENGTH'
  | 'FINGERPRINT_NOT_LAST'
  | 'TOO_MANY_ATTRIBUTES';

/** A parser's answer: the message, or what is wrong with the bytes and at which offset. */
export type ParseResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ParseErrorCode; readonly at: number };

/** Where the attributes with rules of their own begin (offset of the attribute's header, -1 when absent). */
interface Landmarks {
  readonly integrity: number;
  readonly integritySha256: number;
  readonly fingerprint: number;
}

/**
 * A parsed message: a view into the bytes it was read from, which stay the caller's and must not change while it is in use.
 *
 * Attributes that RFC 8489 §9 tells agents to ignore (whatever follows the first message integrity, but for MESSAGE-INTEGRITY-SHA256
 * and FINGERPRINT) are not found, so that nothing outside the protected part is ever acted on. Deviation: attributes between
 * MESSAGE-INTEGRITY-SHA256 and a later MESSAGE-INTEGRITY are ignored too, because only the former is then verified.
 */
export class StunMessage {
  readonly bytes: Uint8Array;
  readonly messageClass: MessageClass;
  readonly method: number;
  private readonly landmarks: Landmarks;
  private readonly actionableEnd: number;

  /** @param bytes exactly one message whose framing {@link parseStunMessage} has checked. */
  constructor(bytes: Uint8Array, landmarks: Landmarks) {
    const type = readUint16(bytes, 0);
    this.bytes = bytes;
    this.messageClass = messageClassOf(type);
    this.method = methodOf(type);
    this.landmarks = landmarks;
    const ends = [landmarks.integrity, landmarks.integritySha256, landmarks.fingerprint].filter((at) => at >= 0);
    this.actionableEnd = Math.min(bytes.length, ...ends);
  }

  /** The 12 bytes of the transaction id, a view. */
  get transactionId(): Uint8Array {
    return this.bytes.subarray(8, headerLength);
  }

  /** Offset of the header of the first attribute of `type`, or -1. */
  find(type: number): number {
    if (type === stunAttribute.messageIntegrity) return this.landmarks.integrity;
    if (type === stunAttribute.messageIntegritySha256) return this.landmarks.integritySha256;
    if (type === stunAttribute.fingerprint) return this.landmarks.fingerprint;
    return this.findFrom(type, headerLength);
  }

  /** Offset of the header of the next attribute of `type` after the one at `at`, or -1. */
  findNext(type: number, at: number): number {
    return this.findFrom(type, at + attributeExtent(this.bytes, at));
  }

  has(type: number): boolean {
    return this.find(type) >= 0;
  }

  /** The value of the first attribute of `type` without padding, a view; `undefined` when absent. */
  value(type: number): Uint8Array | undefined {
    const at = this.find(type);
    return at < 0 ? undefined : this.valueAt(at);
  }

  /** The value of the attribute whose header is at `at`, a view. */
  valueAt(at: number): Uint8Array {
    return this.bytes.subarray(at + 4, at + 4 + readUint16(this.bytes, at + 2));
  }

  /** Types of the attributes a receiver may act on, in order, with repetitions. */
  attributeTypes(): number[] {
    const types: number[] = [];
    for (let at = headerLength; at < this.actionableEnd; at += attributeExtent(this.bytes, at)) types.push(readUint16(this.bytes, at));
    return types;
  }

  /** Comprehension-required attributes outside `known`, each once: what a 420 response lists (RFC 8489 §6.3.1). */
  unknownRequired(known: ReadonlySet<number>): readonly number[] {
    let unknown: Set<number> | undefined;
    for (let at = headerLength; at < this.actionableEnd; at += attributeExtent(this.bytes, at)) {
      const type = readUint16(this.bytes, at);
      if (type < 0x8000 && !known.has(type)) unknown = (unknown ?? new Set()).add(type);
    }
    return unknown === undefined ? [] : [...unknown];
  }

  private findFrom(type: number, from: number): number {
    for (let at = from; at < this.actionableEnd; at += attributeExtent(this.bytes, at)) if (readUint16(this.bytes, at) === type) return at;
    return -1;
  }
}

/**
 * Reads one STUN message that fills `bytes` exactly (RFC 8489 §5, §14). Strict: the length field must match, every attribute with its
 * padding must fit, FINGERPRINT must come last, message integrity must have a permitted length. Copies nothing, never throws.
 */
export function parseStunMessage(bytes: Uint8Array): ParseResult<StunMessage> {
  const length = bytes.length;
  if (length < headerLength) return refuse('TOO_SHORT', length);
  if (readUint16(bytes, 0) > 0x3fff) return refuse('NOT_STUN', 0);
  if (readInt32(bytes, 4) !== magicCookie) return refuse('WRONG_MAGIC_COOKIE', 4);
  const claimed = readUint16(bytes, 2);
  if (claimed % 4 !== 0) return refuse('LENGTH_NOT_ALIGNED', 2);
  if (claimed + headerLength !== length) return refuse('LENGTH_MISMATCH', 2);
  let integrity = -1;
  let integritySha256 = -1;
  let fingerprint = -1;
  let count = 0;
  for (let at = headerLength; at < length; at += attributeExtent(bytes, at)) {
    count += 1;
    if (count > attributeLimit) return refuse('TOO_MANY_ATTRIBUTES', at);
    if (fingerprint >= 0) return refuse('FINGERPRINT_NOT_LAST', at);
    // The message is a multiple of 4, so the 4 bytes of an attribute's header are there.
    const type = readUint16(bytes, at);
    const valueLength = readUint16(bytes, at + 2);
    if (at + attributeExtent(bytes, at) > length) return refuse('ATTRIBUTE_TRUNCATED', at);
    if (type === stunAttribute.messageIntegrity && integrity < 0 && integritySha256 < 0) {
      if (valueLength !== 20) return refuse('INTEGRITY_LENGTH', at);
      integrity = at;
    } else if (type === stunAttribute.messageIntegritySha256 && integritySha256 < 0) {
      if (valueLength < 16 || valueLength > 32 || valueLength % 4 !== 0) return refuse('INTEGRITY_LENGTH', at);
      integritySha256 = at;
    } else if (type === stunAttribute.fingerprint) {
      if (valueLength !== 4) return refuse('FINGERPRINT_LENGTH', at);
      fingerprint = at;
    }
  }
  return { ok: true, value: new StunMessage(bytes, { integrity, integritySha256, fingerprint }) };
}

/**
 * Whether bytes that arrived on a shared port look like STUN: two zero bits, the magic cookie, an aligned length (RFC 8489 §5, RFC 7983 §7).
 */
export function looksLikeStun(bytes: Uint8Array): boolean {
  return bytes.length >= headerLength && readUint16(bytes, 0) <= 0x3fff && readInt32(bytes, 4) === magicCookie && ((bytes[3] ?? 1) & 3) === 0;
}

/** Big-endian 16 bits; the caller has checked that they are there. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Big-endian 32 bits as a signed integer; the caller has checked that they are there. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

function attributeExtent(bytes: Uint8Array, at: number): number {
  return 4 + ((readUint16(bytes, at + 2) + 3) & ~3);
}

function refuse(code: ParseErrorCode, at: number): { readonly ok: false; readonly code: ParseErrorCode; readonly at: number } {
  return { ok: false, code, at };
}
