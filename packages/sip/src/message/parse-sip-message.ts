import type { HeaderLine } from './header-line.ts';
import { headerName } from './header-name.ts';
import { MessageSource } from './message-source.ts';
import { readHeaderLines } from './read-header-lines.ts';
import { sipFault, type SipFault, type SipFaultCode } from './sip-fault.ts';
import { SipHeaders } from './sip-headers.ts';
import { noBody, type SipMessage } from './sip-message.ts';
import { parseStartLine } from './start-line.ts';
import { parseDecimal } from './token.ts';

/** Longest message that is read, in bytes: what fits a datagram. */
export const longestSipMessage = 65_535;

/** What the message came in: a datagram ends with its body at the latest, a stream says by Content-Length where the body ends. */
export type MessageFraming = 'datagram' | 'stream';

const contentLength = headerName('Content-Length');
const cr = 0x0d;
const lf = 0x0a;

/**
 * Reads one message (RFC 3261 §7). Only the start line is looked into, and where header lines are; what they say is read when somebody asks. Strict about
 * framing (line ends, names, Content-Length), since two readers that disagree about it can be played against each other; about values it says nothing: see
 * `checkSipMessage`.
 *
 * @param bytes one datagram, or one message that `SipStreamFramer` has cut. They become the message's and must not change.
 * @param framing in a datagram Content-Length may be absent, and what is behind the body is dropped (RFC 3261 §18.3).
 */
export function parseSipMessage(bytes: Uint8Array, framing: MessageFraming = 'datagram'): SipMessage | SipFault {
  if (bytes.length > longestSipMessage) return sipFault('MESSAGE_TOO_LARGE');
  const start = skipLineBreaks(bytes);
  const lineEnd = findLineEnd(bytes, start);
  if (start === bytes.length) return sipFault('MESSAGE_EMPTY', start);
  if (lineEnd < 0) return sipFault('LINE_BREAK_MALFORMED', start);
  const source = new MessageSource(bytes);
  const read = readHeaderLines(source, lineEnd + 2);
  source.endAt(read.at);
  const startLine = parseStartLine(source, start, lineEnd);
  if (startLine.kind === 'nothing') return sipFault(startLine.fault, start);
  const headers = new SipHeaders(read.lines);
  const body = read.fault ?? bodyOf(bytes, read.at, read.lines, framing);
  if (startLine.kind === 'response') {
    if (typeof body === 'string') return sipFault(body, read.at);
    return { kind: 'response', status: startLine.status, reason: startLine.reason, headers, body };
  }
  const { method, uri } = startLine;
  const fault = startLine.fault ?? (typeof body === 'string' ? body : undefined);
  if (fault !== undefined || typeof body === 'string') return sipFault(fault ?? 'START_LINE_MALFORMED', read.at, { kind: 'request', method, uri, headers, body: noBody });
  return { kind: 'request', method, uri, headers, body };
}

/** RFC 3261 §7.5: line breaks before the start line are ignored. */
function skipLineBreaks(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === cr && bytes[at + 1] === lf) at += 2;
  return at;
}

/** Where the CRLF of the line from `start` on is; -1 where the line ends otherwise, or never. */
function findLineEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === lf) return -1;
    if (byte === cr) return bytes[at + 1] === lf ? at : -1;
  }
  return -1;
}

/** RFC 3261 §18.3, §20.14. */
function bodyOf(bytes: Uint8Array, at: number, lines: readonly HeaderLine[], framing: MessageFraming): Uint8Array | SipFaultCode {
  const claims = lines.filter((line) => line.name === contentLength);
  const available = bytes.length - at;
  const [claim] = claims;
  if (claim === undefined) return framing === 'stream' ? 'CONTENT_LENGTH_MISSING' : bytes.subarray(at);
  const length = parseDecimal(claim.value, 0xffff_ffff);
  if (length === undefined || claims.some((other) => other.value !== claim.value)) return 'CONTENT_LENGTH_MALFORMED';
  if (length > available) return 'BODY_CUT_OFF';
  return length === 0 ? noBody : bytes.subarray(at, at + length);
}
