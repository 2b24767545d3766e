import { invariant } from '@dialplane/sansio';
import { trimBlanks } from './blanks.ts';
import type { HeaderName } from './header-name.ts';
import { decodeAscii, decodeSipText, sipTextLength, writeSipText } from './sip-text.ts';

/** Where a header line is in the message it came in. */
export interface LinePlace {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the last byte of the value. */
  readonly valueEnd: number;
  /** Behind the CRLF. */
  readonly end: number;
  /** Whether the value is one line of ASCII. */
  readonly isPlain: boolean;
}

/** A header line: one that came in a message, whose bytes stay as they are and whose text is made when somebody asks, or one of ours. */
export class HeaderLine {
  readonly name: HeaderName;
  readonly place: LinePlace | undefined;
  private text: string | undefined;

  private constructor(name: HeaderName, text: string | undefined, place: LinePlace | undefined) {
    this.name = name;
    this.text = text;
    this.place = place;
  }

  /** A line of ours. A value with CR or LF would be two lines to the next reader: it is a bug of the caller, see {@link isHeaderValue}. */
  static of(name: HeaderName, value: string): HeaderLine {
    invariant(isHeaderValue(value), `a value of ${name.text} has line breaks`);
    return new HeaderLine(name, value, undefined);
  }

  static at(name: HeaderName, place: LinePlace): HeaderLine {
    return new HeaderLine(name, undefined, place);
  }

  /** The value without white space around it; a folded one as one line (RFC 3261 §7.3.1). */
  get value(): string {
    this.text ??= this.place === undefined ? '' : textOf(this.place);
    return this.text;
  }

  /** Bytes that the line takes with its CRLF. */
  get length(): number {
    if (this.place !== undefined) return this.place.end - this.place.start;
    return this.name.text.length + 2 + sipTextLength(this.value) + 2;
  }

  /** Writes a line of ours at `at` and returns where it ends. */
  writeTo(target: Uint8Array, at: number): number {
    const end = writeSipText(this.value, target, writeSipText(': ', target, writeSipText(this.name.text, target, at)));
    target[end] = 0x0d;
    target[end + 1] = 0x0a;
    return end + 2;
  }
}

/** Whether `text` may be the value of a header field: it has no line breaks. What people type is asked before it gets near a message. */
export function isHeaderValue(text: string): boolean {
  return !text.includes('\r') && !text.includes('\n');
}

function textOf(place: LinePlace): string {
  if (place.isPlain) return decodeAscii(place.bytes, place.valueStart, place.valueEnd);
  return trimBlanks(decodeSipText(place.bytes, place.valueStart, place.valueEnd).replace(/[ \t]*\r\n[ \t]*/g, ' '));
}
