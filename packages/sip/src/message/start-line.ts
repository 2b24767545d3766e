import type { SipFaultCode } from './sip-fault.ts';
import { decodeAscii, decodeSipText } from './sip-text.ts';
import { isTokenByte } from './token.ts';

/** What a start line says (RFC 3261 §7.1, §7.2). A request line with a `fault` is still good enough to be answered. */
export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly fault: SipFaultCode | undefined }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string }
  | { readonly kind: 'nothing'; readonly fault: SipFaultCode };

const space = 0x20;

/** Reads the line at `start`..`end`, without its CRLF. Single spaces are single spaces: RFC 4475 §3.1.2.7, §3.1.2.9 refuse others. */
export function parseStartLine(bytes: Uint8Array, start: number, end: number): StartLine {
  let at = start;
  while (at < end && isTokenByte(bytes[at] ?? 0)) at += 1;
  if (at === start) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  if (bytes[at] === 0x2f) return parseStatusLine(bytes, start, end);
  if (bytes[at] !== space) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  const method = decodeAscii(bytes, start, at);
  const uriStart = at + 1;
  const uriEnd = bytes.lastIndexOf(space, end - 1);
  if (uriEnd <= uriStart) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  const uri = decodeSipText(bytes, uriStart, uriEnd);
  return { kind: 'request', method, uri, fault: requestLineFault(uri, decodeSipText(bytes, uriEnd + 1, end)) };
}

function requestLineFault(uri: string, version: string): SipFaultCode | undefined {
  for (let at = 0; at < uri.length; at += 1) {
    const unit = uri.charCodeAt(at);
    if (unit <= space || unit === 0x22 || unit === 0x3c || unit === 0x3e) return 'REQUEST_URI_MALFORMED';
  }
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return undefined;
  return /^SIP\/\d+\.\d+$/i.test(version) ? 'VERSION_UNKNOWN' : 'START_LINE_MALFORMED';
}

/** `SIP/2.0 486 Busy Here`; the reason phrase may be empty, its space may not (but often is missing: read all the same). */
function parseStatusLine(bytes: Uint8Array, start: number, end: number): StartLine {
  const line = /^SIP\/(\d+\.\d+) (\d+)(?: (.*))?$/is.exec(decodeSipText(bytes, start, end));
  if (line === null) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  if (line[1] !== '2.0') return { kind: 'nothing', fault: 'VERSION_UNKNOWN' };
  const status = Number(line[2]);
  if (line[2]?.length !== 3 || status < 100 || status > 699) return { kind: 'nothing', fault: 'STATUS_OUT_OF_RANGE' };
  return { kind: 'response', status, reason: line[3] ?? '' };
}
