import { invariant } from '@dialplane/sansio';
import { trimBlanks } from './blanks.ts';
import type { HeaderName } from './header-name.ts';
import type { MessageSource } from './message-source.ts';
import { sipTextLength, writeSipText } from './sip-text.ts';

/** Where a header line is in the message it came in: offsets in bytes. */
export interface LinePlace {
  readonly source: MessageSource | undefined;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the last byte of the value. */
  readonly valueEnd: number;
  /** Behind the CRLF. */
  readonly end: number;
  /** Whether the value goes on in lines that begin with white space. */
  readonly isFolded: boolean;
}

const nowhere: LinePlace = { source: undefined, start: 0, valueStart: 0, valueEnd: 0, end: 0, isFolded: false };

/**
 * A header line: one that came in a message, whose bytes stay as they are and whose text is made when somebody asks, or one of ours. Never changes, so that messages share
 * it, together with what was read from it.
 */
export class HeaderLine implements LinePlace {
  readonly name: HeaderName;
  readonly source: MessageSource | undefined;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
  readonly isFolded: boolean;
  private text: string | undefined;
  private reader: unknown;
  private reading: unknown;

  /** @param place in the message it came in; then `text` follows from it. */
  constructor(name: HeaderName, text: string | undefined, place: LinePlace) {
    this.name = name;
    this.source = place.source;
    this.start = place.start;
    this.valueStart = place.valueStart;
    this.valueEnd = place.valueEnd;
    this.end = place.end;
    this.isFolded = place.isFolded;
    this.text = text;
    this.reader = undefined;
    this.reading = undefined;
  }

  /** A line of ours. A value with CR or LF would be two lines to the next reader: it is a bug of the caller, see {@link isHeaderValue}. */
  static of(name: HeaderName, value: string): HeaderLine {
    invariant(isHeaderValue(value), `a value of ${name.text} has line breaks`);
    return new HeaderLine(name, value, nowhere);
  }

  /** The value without white space around it; a folded one as one line (RFC 3261 §7.3.1). */
  get value(): string {
    this.text ??= this.textInSource();
    return this.text;
  }

  /** What `read` makes of the value, or of its first one; remembered for the reader that was here last. */
  read<Reading>(read: (value: string) => Reading, firstValue: (line: HeaderLine) => string): Reading {
    if (this.reader !== read) {
      this.reading = read(firstValue(this));
      this.reader = read;
    }
    return this.reading as Reading;
  }

  /** Bytes that the line takes with its CRLF. */
  get length(): number {
    if (this.source !== undefined) return this.end - this.start;
    return this.name.text.length + 2 + sipTextLength(this.value) + 2;
  }

  /** Writes a line of ours at `at` and returns where it ends. */
  writeTo(target: Uint8Array, at: number): number {
    const end = writeSipText(this.value, target, writeSipText(': ', target, writeSipText(this.name.text, target, at)));
    target[end] = 0x0d;
    target[end + 1] = 0x0a;
    return end + 2;
  }

  private textInSource(): string {
    const text = this.source?.slice(this.valueStart, this.valueEnd) ?? '';
    return this.isFolded ? trimBlanks(text.split('\r\n').map(trimBlanks).join(' ')) : text;
  }
}

/** Whether `text` may be the value of a header field: it has no line breaks. What people type is asked before it gets near a message. */
export function isHeaderValue(text: string): boolean {
  return !text.includes('\r') && !text.includes('\n');
}
