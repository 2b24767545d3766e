import { trimBlanks } from './blanks.ts';

/**
 * The values of a comma-separated list (RFC 3261 §7.3.1): commas inside quotes and angle brackets belong to a value. White space around values is not
 * part of them. Lenient: what is never closed goes to the end. An empty value stays, so that its reader can refuse it.
 */
export function splitList(text: string): string[] {
  return splitOutside(text, ',');
}

/** Cuts `text` at each `separator` that is outside of quotes and angle brackets; white space around the parts is not part of them. */
export function splitOutside(text: string, separator: ',' | ';'): string[] {
  if (!text.includes(separator)) return [trimBlanks(text)];
  const parts: string[] = [];
  let start = 0;
  for (let at = findOutside(text, separator, 0); at >= 0; at = findOutside(text, separator, start)) {
    parts.push(trimBlanks(text.slice(start, at)));
    start = at + 1;
  }
  parts.push(trimBlanks(text.slice(start)));
  return parts;
}

/** Where the next `sought` is from `from` on, outside of quotes and angle brackets; -1 where there is none. */
export function findOutside(text: string, sought: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === sought) return at;
    if (character === '"') at = quotedEnd(text, at) - 1;
    else if (character === '<') {
      const close = text.indexOf('>', at);
      if (close < 0) return -1;
      at = close;
    }
  }
  return -1;
}

/** Behind the quoted string that begins at `at` (RFC 3261 §25.1); the length of the text where it is not closed. */
export function quotedEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') return index + 1;
  }
  return text.length;
}
