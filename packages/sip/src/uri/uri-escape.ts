import { decodeSipText, encodeSipText } from '../message/sip-text.ts';

const hexDigits = '0123456789ABCDEF';

/** What `%HH` escapes in `text` stand for (RFC 3261 §19.1.2); bytes that are not UTF-8 as in `decodeSipText`. `undefined` where a percent sign is followed by no two digits. */
export function unescapeUri(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const bytes = encodeSipText(text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => escapedByte(Number.parseInt(digits, 16))));
  return decodeSipText(bytes);
}

/** Writes `text` with every character escaped that is neither unreserved nor one of `allowed`. */
export function escapeUri(text: string, allowed: string): string {
  let escaped = '';
  for (const byte of encodeSipText(text)) {
    const character = String.fromCharCode(byte);
    escaped += byte < 0x80 && (isUnreserved(character) || allowed.includes(character)) ? character : `%${hexDigits[byte >>> 4]}${hexDigits[byte & 15]}`;
  }
  return escaped;
}

/**
 * `text` in the form in which equal parts of URIs are equal texts: escapes of characters that need none are undone, digits of the others are upper case. An
 * escaped reserved character is another one than the bare one (RFC 3261 §19.1.4).
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return isUnreserved(character) ? character : escape.toUpperCase();
  });
}

function isUnreserved(character: string): boolean {
  return /[A-Za-z0-9\-_.!~*'()]/.test(character);
}

/** The byte as `encodeSipText` takes it. */
function escapedByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}
