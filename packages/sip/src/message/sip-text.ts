/** First of the 128 lone surrogates that stand for bytes which are not UTF-8: byte 0x80 is U+DC80, byte 0xff is U+DCFF. */
const escapedByte = 0xdc00;

/**
 * The text of bytes that should be UTF-8 (RFC 3261 §7). Nothing is lost and nothing refused: a byte that is part of no UTF-8 sequence becomes the lone
 * surrogate U+DC00 plus its value, which {@link encodeSipText} writes as that byte again.
 */
export function decodeSipText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let asciiStart = start;
  for (let at = start; at < end; ) {
    if ((bytes[at] ?? 0) < 0x80) {
      at += 1;
      continue;
    }
    text += decodeAscii(bytes, asciiStart, at);
    const length = sequenceLength(bytes, at, end);
    text += length === 0 ? String.fromCharCode(escapedByte + (bytes[at] ?? 0)) : String.fromCodePoint(codePointAt(bytes, at, length));
    at += Math.max(1, length);
    asciiStart = at;
  }
  return text + decodeAscii(bytes, asciiStart, end);
}

/** The text of bytes of which each is below 0x80. */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  // Arguments are limited in number; what is longer than this is rare.
  for (let at = start; at < end; at += 4096) text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(end, at + 4096)) as unknown as number[]);
  return text;
}

/** How many bytes {@link writeSipText} needs for `text`. */
export function sipTextLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80 || isEscapedByte(unit)) continue;
    if (unit < 0x800) length += 1;
    else if (isPairAt(text, at)) {
      length += 2;
      at += 1;
    } else length += 2;
  }
  return length;
}

/** Writes `text` into `target` from `at` on and returns where it ends. A lone surrogate that stands for no byte becomes U+FFFD. */
export function writeSipText(text: string, target: Uint8Array, at: number): number {
  let end = at;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) target[end++] = unit;
    else if (isPairAt(text, index)) {
      end = writeCodePoint(text.codePointAt(index) ?? 0, target, end);
      index += 1;
    } else if (isEscapedByte(unit)) target[end++] = unit - escapedByte;
    else end = writeCodePoint(unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit, target, end);
  }
  return end;
}

/** The bytes of `text`; see {@link decodeSipText}. */
export function encodeSipText(text: string): Uint8Array {
  const bytes = new Uint8Array(sipTextLength(text));
  writeSipText(text, bytes, 0);
  return bytes;
}

/** Length of the UTF-8 sequence at `at` (RFC 3629 §4), 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length === 0 || at + length > end) return 0;
  for (let index = 1; index < length; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  const point = codePointAt(bytes, at, length);
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  return point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? 0 : length;
}

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = (bytes[at] ?? 0) & (0xff >>> (length + 1));
  for (let index = 1; index < length; index += 1) point = (point << 6) | ((bytes[at + index] ?? 0) & 0x3f);
  return point;
}

function writeCodePoint(point: number, target: Uint8Array, at: number): number {
  let end = at;
  if (point < 0x800) target[end++] = 0xc0 | (point >>> 6);
  else {
    if (point < 0x10000) target[end++] = 0xe0 | (point >>> 12);
    else {
      target[end++] = 0xf0 | (point >>> 18);
      target[end++] = 0x80 | ((point >>> 12) & 0x3f);
    }
    target[end++] = 0x80 | ((point >>> 6) & 0x3f);
  }
  target[end++] = 0x80 | (point & 0x3f);
  return end;
}

function isEscapedByte(unit: number): boolean {
  return unit >= escapedByte + 0x80 && unit <= escapedByte + 0xff;
}

/** Whether a surrogate pair begins at `at`. */
function isPairAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next < 0xe000;
}
