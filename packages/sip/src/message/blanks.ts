/** Behind the spaces and tabs at `from`: the only white space there is in a value that is one line (RFC 3261 §25.1 WSP). */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** `text` without spaces and tabs around it. Not `trim`, which takes characters that belong to texts, and would not leave them as they came. */
export function trimBlanks(text: string): string {
  const start = skipBlanks(text, 0);
  let end = text.length;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}
