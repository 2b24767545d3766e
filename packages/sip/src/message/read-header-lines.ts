import { HeaderLine } from './header-line.ts';
import { headerNameAt, nextHash } from './header-name.ts';
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
export function readHeaderLines(bytes: Uint8Array, from: number): ReadHeaderLines {
  const lines: HeaderLine[] = [];
  let at = from;
  for (;;) {
    if (bytes[at] === cr && bytes[at + 1] === lf) return { lines, at: at + 2, fault: undefined };
    if (lines.length === headerLineLimit) return { lines, at, fault: 'TOO_MANY_HEADERS' };
    const line = readHeaderLine(bytes, at);
    if (typeof line === 'string') return { lines, at, fault: line };
    lines.push(line);
    at = line.place?.end ?? bytes.length;
  }
}

/** `name *(SP / HTAB) ":" value CRLF`, where lines that begin with white space go on with the value (RFC 3261 §7.3.1, §25.1 HCOLON). */
function readHeaderLine(bytes: Uint8Array, start: number): HeaderLine | SipFaultCode {
  let hash = 0;
  let at = start;
  for (; isTokenByte(bytes[at] ?? 0); at += 1) hash = nextHash(hash, bytes[at] ?? 0);
  const name = headerNameAt(bytes, start, at, hash);
  const hasName = at > start;
  at = skipBlanks(bytes, at);
  if (at >= bytes.length) return 'HEADERS_CUT_OFF';
  if (!hasName || bytes[at] !== colon) return bytes[at] === lf || bytes[at] === cr ? 'LINE_BREAK_MALFORMED' : 'HEADER_NAME_MALFORMED';
  const valueStart = skipBlanks(bytes, at + 1);
  let seen = 0;
  let isFolded = false;
  for (at = valueStart; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    seen |= byte;
    if (byte > cr) continue;
    if (byte === lf) return 'LINE_BREAK_MALFORMED';
    if (byte !== cr) continue;
    if (bytes[at + 1] !== lf) return at + 1 < bytes.length ? 'LINE_BREAK_MALFORMED' : 'HEADERS_CUT_OFF';
    const next = bytes[at + 2];
    if (next !== space && next !== tab) return HeaderLine.at(name, { bytes, start, valueStart, valueEnd: blanksBefore(bytes, valueStart, at), end: at + 2, isPlain: seen < 0x80 && !isFolded });
    isFolded = true;
    at += 2;
  }
  return 'HEADERS_CUT_OFF';
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === space || bytes[at] === tab) at += 1;
  return at;
}

/** Where the white space before `end` begins. */
function blanksBefore(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === space || bytes[at - 1] === tab)) at -= 1;
  return at;
}
