import { invariant } from '@dialplane/sansio';
import { HeaderLine, isHeaderValue } from './header-line.ts';
import { headerName } from './header-name.ts';
import type { SipMessage } from './sip-message.ts';
import { sipTextLength, writeSipText } from './sip-text.ts';
import { WrittenResponse } from './written-response.ts';

const contentLength = headerName('Content-Length');

/**
 * The bytes of a message. Lines that came in a message are copied as they are. Content-Length is the writer's: added where it is missing, mended where it
 * does not say how long the body is.
 */
export function writeSipMessage(message: SipMessage): Uint8Array {
  if (message instanceof WrittenResponse) return message.bytes;
  const start = startLineOf(message);
  const lines = linesOf(message);
  let length = sipTextLength(start) + 4 + message.body.length;
  for (const line of lines) length += line.length;
  const bytes = new Uint8Array(length);
  let at = writeLineBreak(bytes, writeSipText(start, bytes, 0));
  for (let index = 0; index < lines.length; ) {
    const line = lines[index];
    index += 1;
    if (line?.source === undefined) {
      at = line?.writeTo(bytes, at) ?? at;
      continue;
    }
    // Lines that stood one after the other in the same message are one piece.
    const { source, start } = line;
    let { end } = line;
    for (let next = lines[index]; next?.source === source && next.start === end; next = lines[index]) {
      end = next.end;
      index += 1;
    }
    bytes.set(source.bytes.subarray(start, end), at);
    at += end - start;
  }
  bytes.set(message.body, writeLineBreak(bytes, at));
  return bytes;
}

/** The first line without its CRLF: `INVITE sip:bob@example.com SIP/2.0`, `SIP/2.0 200 OK`. */
export function startLineOf(message: SipMessage): string {
  const line = message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0` : `SIP/2.0 ${message.status} ${message.reason}`;
  invariant(isHeaderValue(line), 'a start line has line breaks');
  return line;
}

function linesOf(message: SipMessage): readonly HeaderLine[] {
  const lines = message.headers.written;
  const claims = lines.filter((line) => line.name === contentLength);
  const [claim] = claims;
  if (claims.length === 1 && claim?.value === String(message.body.length)) return lines;
  return [...lines.filter((line) => line.name !== contentLength), HeaderLine.of(contentLength, String(message.body.length))];
}

function writeLineBreak(bytes: Uint8Array, at: number): number {
  bytes[at] = 0x0d;
  bytes[at + 1] = 0x0a;
  return at + 2;
}
