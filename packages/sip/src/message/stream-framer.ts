import { longestSipMessage } from './parse-sip-message.ts';
import { sipFault, type SipFault } from './sip-fault.ts';

/**
 * What a stream brought next. `ping` is CRLF CRLF between messages, to be answered with one CRLF; `pong` is the first CRLF of such a run, which is all that
 * the answer is (RFC 5626 §3.5.1, §4.4.1).
 */
export type FramedPart =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'broken'; readonly fault: SipFault };

const cr = 0x0d;
const lf = 0x0a;
const space = 0x20;
const tab = 0x09;

/**
 * Cuts a TCP or TLS stream into messages by Content-Length (RFC 3261 §18.3). Keeps at most one incomplete message. Where it cannot tell where a message ends, it is
 * `broken` for good, and the connection has to be closed.
 *
 * ```ts
 * framer.push(chunk);
 * for (let part = framer.next(); part.kind !== 'incomplete'; part = framer.next()) …
 * ```
 */
export class SipStreamFramer {
  private pending: Uint8Array = new Uint8Array(0);
  /** Up to where the search for the empty line has come. */
  private searched = 0;
  /** Line breaks that came since the last message. */
  private lineBreaks = 0;
  private fault: SipFault | undefined;

  /** Bytes that are kept, because the message they belong to is not complete. */
  get unreadLength(): number {
    return this.pending.length;
  }

  /** Takes what the stream brought. Messages are views into it or into a copy of it: the chunk must not change. */
  push(chunk: Uint8Array): void {
    if (this.fault !== undefined) return;
    if (this.pending.length === 0) {
      this.pending = chunk;
      return;
    }
    const joined = new Uint8Array(this.pending.length + chunk.length);
    joined.set(this.pending);
    joined.set(chunk, this.pending.length);
    this.pending = joined;
  }

  next(): FramedPart {
    if (this.fault !== undefined) return { kind: 'broken', fault: this.fault };
    if (this.pending[0] === cr) return this.takeLineBreak();
    const headersEnd = this.findHeadersEnd();
    if (headersEnd < 0) return this.pending.length > longestSipMessage ? this.break(sipFault('MESSAGE_TOO_LARGE')) : { kind: 'incomplete' };
    const bodyLength = contentLengthOf(this.pending, headersEnd);
    if (bodyLength < 0) return this.break(sipFault(bodyLength === missing ? 'CONTENT_LENGTH_MISSING' : 'CONTENT_LENGTH_MALFORMED'));
    const length = headersEnd + bodyLength;
    if (length > longestSipMessage) return this.break(sipFault('MESSAGE_TOO_LARGE'));
    if (this.pending.length < length) return { kind: 'incomplete' };
    const bytes = this.pending.subarray(0, length);
    this.drop(length);
    this.lineBreaks = 0;
    return { kind: 'message', bytes };
  }

  private takeLineBreak(): FramedPart {
    if (this.pending.length < 2) return { kind: 'incomplete' };
    if (this.pending[1] !== lf) return this.break(sipFault('LINE_BREAK_MALFORMED'));
    this.drop(2);
    this.lineBreaks += 1;
    return { kind: this.lineBreaks % 2 === 0 ? 'ping' : 'pong' };
  }

  /** Behind the empty line, or -1. */
  private findHeadersEnd(): number {
    const bytes = this.pending;
    let at = bytes.indexOf(lf, this.searched);
    while (at >= 0) {
      if (at + 2 < bytes.length && bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3;
      if (at + 2 >= bytes.length) break;
      at = bytes.indexOf(lf, at + 1);
    }
    this.searched = at < 0 ? bytes.length : at;
    return -1;
  }

  private drop(length: number): void {
    this.pending = this.pending.subarray(length);
    this.searched = 0;
  }

  private break(fault: SipFault): FramedPart {
    this.fault = fault;
    this.pending = new Uint8Array(0);
    return { kind: 'broken', fault };
  }
}

const missing = -1;
const malformed = -2;

/** What the first Content-Length line says; `parseSipMessage` refuses messages in which another one says something else. */
function contentLengthOf(bytes: Uint8Array, headersEnd: number): number {
  for (let at = bytes.indexOf(lf) + 1; at > 0 && at < headersEnd; at = bytes.indexOf(lf, at) + 1) {
    const nameEnd = isNameAt(bytes, at, 'content-length') ? at + 14 : isNameAt(bytes, at, 'l') ? at + 1 : -1;
    if (nameEnd >= 0) return numberAt(bytes, nameEnd);
  }
  return missing;
}

function isNameAt(bytes: Uint8Array, at: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1) if (((bytes[at + index] ?? 0) | 0x20) !== name.charCodeAt(index)) return false;
  const next = bytes[at + name.length];
  return next === 0x3a || next === space || next === tab;
}

function numberAt(bytes: Uint8Array, from: number): number {
  let at = from;
  const skipBlanks = (): void => {
    while (bytes[at] === space || bytes[at] === tab || (bytes[at] === cr && (bytes[at + 2] === space || bytes[at + 2] === tab))) at += bytes[at] === cr ? 2 : 1;
  };
  skipBlanks();
  if (bytes[at] !== 0x3a) return malformed;
  at += 1;
  skipBlanks();
  const start = at;
  let number = 0;
  for (let digit = (bytes[at] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - 0x30) {
    number = Math.min(number * 10 + digit, 0xffff_ffff);
    at += 1;
  }
  const isNumber = at > start;
  skipBlanks();
  return isNumber && bytes[at] === cr ? number : malformed;
}
