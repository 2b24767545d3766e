import { decodeSipText } from './sip-text.ts';

/** What every host of ECMAScript has. */
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

const decoder = new TextDecoder();

/** The bytes that a message came in, and their text up to the body, made once when some of it is asked for. */
export class MessageSource {
  readonly bytes: Uint8Array;
  /** Where the body begins, as far as that is known. */
  private end: number;
  /** Empty where not all of it is ASCII, so that offsets in bytes are none in the text. */
  private text: string | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Says that only what is before `end` will be asked for. */
  endAt(end: number): void {
    this.end = end;
  }

  /** The text at `start`..`end`, see `decodeSipText`. */
  slice(start: number, end: number): string {
    this.text ??= this.textOfAscii();
    return this.text === '' ? decodeSipText(this.bytes, start, end) : this.text.slice(start, end);
  }

  private textOfAscii(): string {
    const text = decoder.decode(this.bytes.subarray(0, this.end));
    return text.length === this.end && !text.includes('\ufffd') ? text : '';
  }
}
