const isToken = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~") isToken[character.charCodeAt(0)] = 1;

/** Whether a byte is one of `token` (RFC 3261 §25.1). */
export function isTokenByte(byte: number): boolean {
  return isToken[byte] === 1;
}

/** Whether `text` is a `token` (RFC 3261 §25.1). */
export function isTokenText(text: string): boolean {
  return text !== '' && tokenEnd(text, 0) === text.length;
}

/** Where the token that begins at `at` ends. */
export function tokenEnd(text: string, at: number): number {
  let end = at;
  while (isToken[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** Reads a decimal number in 0..`most`; `undefined` for anything else. */
export function parseDecimal(text: string, most: number): number | undefined {
  if (text === '') return undefined;
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
    if (number > most) return undefined;
  }
  return number;
}
