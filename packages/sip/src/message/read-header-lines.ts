import { HeaderLine } from './header-line.ts';
import { headerNameAt, nextHash } from './header-name.ts';
import type { MessageSource } from './message-source.ts';
import type { SipFaultCode } from './sip-fault.ts';
import { isTokenByte } from './token.ts';

/** More header lines than any telephone call needs. */
const headerLineLimit = 256;

const cr = 0x0d;
const lf = 0x0a;
const space = 0x20;
const tab = 0x09;
const colon = 0x3a;

/** The header lines of a message, or those before the first one that is none. */
export interface ReadHeaderLines {
  readonly lines: HeaderLine[];
  /** Where the body begins, or where the fault is. */
  readonly at: number;
  readonly fault: SipFaultCode | undefined;
}

/** Finds the header lines from `from` to the empty line (RFC 3261 §7.3.1). */
export function readHeaderLines(source: MessageSource, from: number): ReadHeaderLines {
  const { bytes } = source;
  const lines: HeaderLine[] = [];
  let at = from;
  for (;;) {
    if (bytes[at] === cr && bytes[at + 1] === lf) return { lines, at: at + 2, fault: undefined };
    if (lines.length === headerLineLimit) return { lines, at, fault: 'TOO_MANY_HEADERS' };
    const line = readHeaderLine(source, at);
    if (typeof line === 'string') return { lines, at, fault: line };
    lines.push(line);
    at = line.end;
  }
}

/** `name *(SP / HTAB) ":" value CRLF`, where lines that begin with white space go on with the value (RFC 3261 §7.3.1, §25.1 HCOLON). */
function readHeaderLine(source: MessageSource, start: number): HeaderLine | SipFaultCode {
  const { bytes } = source;
  let hash = 0;
  let at = start;
  for (let byte = bytes[at] ?? 0; isTokenByte(byte); byte = bytes[at] ?? 0) {
    hash = nextHash(hash, byte);
    at += 1;
  }
  const name = headerNameAt(bytes, start, at, hash);
  const hasName = at > start;
  at = skipBlankBytes(bytes, at);
  if (at >= bytes.length) return 'HEADERS_CUT_OFF';
  if (!hasName || bytes[at] !== colon) return bytes[at] === lf || bytes[at] === cr ? 'LINE_BREAK_MALFORMED' : 'HEADER_NAME_MALFORMED';
  const valueStart = skipBlankBytes(bytes, at + 1);
  let isFolded = false;
  for (at = valueStart; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > cr) continue;
    if (byte === lf) return 'LINE_BREAK_MALFORMED';
    if (byte !== cr) continue;
    if (bytes[at + 1] !== lf) return at + 1 < bytes.length ? 'LINE_BREAK_MALFORMED' : 'HEADERS_CUT_OFF';
    const next = bytes[at + 2];
    if (next !== space && next !== tab) {
      const valueEnd = isFolded || bytes[at - 1] === space || bytes[at - 1] === tab ? blankBytesBefore(bytes, valueStart, at) : at;
      return new HeaderLine(name, undefined, { source, start, valueStart, valueEnd, end: at + 2, isFolded });
    }
    isFolded = true;
    at += 2;
  }
  return 'HEADERS_CUT_OFF';
}

function skipBlankBytes(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === space || bytes[at] === tab) at += 1;
  return at;
}

/** Where the white space before `end` begins. */
function blankBytesBefore(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === space || bytes[at - 1] === tab)) at -= 1;
  return at;
}
