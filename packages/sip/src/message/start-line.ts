import type { MessageSource } from './message-source.ts';
import type { SipFaultCode } from './sip-fault.ts';
import { tokenEnd } from './token.ts';

/** What a start line says (RFC 3261 §7.1, §7.2). A request line with a `fault` is still good enough to be answered. */
export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly fault: SipFaultCode | undefined }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string }
  | { readonly kind: 'nothing'; readonly fault: SipFaultCode };

/** Reads the line at `start`..`end`, without its CRLF. Single spaces are single spaces: RFC 4475 §3.1.2.7, §3.1.2.9 refuse others. */
export function parseStartLine(source: MessageSource, start: number, end: number): StartLine {
  const line = source.slice(start, end);
  if (/^SIP\//i.test(line)) return parseStatusLine(line);
  const methodEnd = tokenEnd(line, 0);
  const uriEnd = line.lastIndexOf(' ');
  if (methodEnd === 0 || line[methodEnd] !== ' ' || uriEnd <= methodEnd + 1) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  const uri = line.slice(methodEnd + 1, uriEnd);
  return { kind: 'request', method: line.slice(0, methodEnd), uri, fault: requestLineFault(uri, line.slice(uriEnd + 1)) };
}

function requestLineFault(uri: string, version: string): SipFaultCode | undefined {
  if (/[\0- "<>]/.test(uri)) return 'REQUEST_URI_MALFORMED';
  if (version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0') return undefined;
  return /^SIP\/\d+\.\d+$/i.test(version) ? 'VERSION_UNKNOWN' : 'START_LINE_MALFORMED';
}

/** `SIP/2.0 486 Busy Here`; the reason phrase may be empty, its space may not (but often is missing: read all the same). */
function parseStatusLine(text: string): StartLine {
  const line = /^SIP\/(\d+\.\d+) (\d+)(?: (.*))?$/is.exec(text);
  if (line === null) return { kind: 'nothing', fault: 'START_LINE_MALFORMED' };
  if (line[1] !== '2.0') return { kind: 'nothing', fault: 'VERSION_UNKNOWN' };
  const status = Number(line[2]);
  if (line[2]?.length !== 3 || status < 100 || status > 699) return { kind: 'nothing', fault: 'STATUS_OUT_OF_RANGE' };
  return { kind: 'response', status, reason: line[3] ?? '' };
}
