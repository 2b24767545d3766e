import { type ContentDisposition, type MediaType, readContentDisposition, readContentType } from '../headers/content.ts';
import { MessageSource } from './message-source.ts';
import { readHeaderLines } from './read-header-lines.ts';
import { SipHeaders } from './sip-headers.ts';
import type { SipMessage } from './sip-message.ts';
import { encodeSipText } from './sip-text.ts';

/** One body of a message: its only one, or a part of a multipart body (RFC 5621). */
export interface BodyPart {
  /** `undefined` where the message does not say, or nothing that can be read. */
  readonly type: MediaType | undefined;
  readonly disposition: ContentDisposition;
  readonly headers: SipHeaders;
  readonly body: Uint8Array;
}

/** Parts in parts are looked into this deep; deeper ones are left alone. */
const deepest = 4;
/** Parts of one message, at most. */
const partLimit = 32;

/**
 * The bodies of a message without containers: parts of `multipart/…` in their order (RFC 2046 §5.1). Bounded in depth and number; a multipart body that cannot be taken
 * apart is one part.
 */
export function readBodyParts(message: Pick<SipMessage, 'headers' | 'body'>): readonly BodyPart[] {
  const parts: BodyPart[] = [];
  if (message.body.length > 0) collect(message.headers, message.body, deepest, parts);
  return parts;
}

/** The first body of a type: `bodyOfType(invite, 'application/sdp')`. `undefined` where there is none. */
export function bodyOfType(message: Pick<SipMessage, 'headers' | 'body'>, type: string): Uint8Array | undefined {
  if (message.body.length === 0) return undefined;
  if (readContentType(message.headers)?.type === type) return message.body;
  return readBodyParts(message).find((part) => part.type?.type === type)?.body;
}

function collect(headers: SipHeaders, body: Uint8Array, depth: number, into: BodyPart[]): void {
  const type = readContentType(headers);
  const boundary = type?.type.startsWith('multipart/') ? type.parameters.get('boundary') : undefined;
  const inner = boundary === undefined || depth === 0 ? undefined : splitParts(body, encodeSipText(`--${boundary}`));
  if (inner === undefined) {
    if (into.length < partLimit) into.push({ type, disposition: readContentDisposition(headers), headers, body });
    return;
  }
  for (const part of inner) {
    const read = readHeaderLines(new MessageSource(part), 0);
    if (read.fault === undefined) collect(new SipHeaders(read.lines), part.subarray(read.at), depth - 1, into);
  }
}

/** What is between the delimiter lines: the line break before a delimiter is its own. `undefined` where there are none. */
function splitParts(body: Uint8Array, delimiter: Uint8Array): readonly Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  let start = -1;
  for (let at = findDelimiter(body, delimiter, 0); at >= 0 && parts.length < partLimit; at = findDelimiter(body, delimiter, at + delimiter.length)) {
    if (start >= 0) parts.push(body.subarray(start, Math.max(start, at - 2)));
    const after = at + delimiter.length;
    if (body[after] === 0x2d && body[after + 1] === 0x2d) return parts;
    const lineEnd = body.indexOf(0x0a, after);
    if (lineEnd < 0) break;
    start = lineEnd + 1;
  }
  return parts.length === 0 ? undefined : parts;
}

/** Where the next line begins with the delimiter. */
function findDelimiter(body: Uint8Array, delimiter: Uint8Array, from: number): number {
  for (let at = body.indexOf(0x2d, from); at >= 0; at = body.indexOf(0x2d, at + 1)) {
    const isLineStart = at === 0 || body[at - 1] === 0x0a;
    if (isLineStart && delimiter.every((byte, index) => body[at + index] === byte)) return at;
  }
  return -1;
}
