import { skipBlanks } from '../message/blanks.ts';
import { quotedEnd } from '../message/split-list.ts';
import { isTokenText, tokenEnd } from '../message/token.ts';

/** Parameters of a header value by their names in lower case, in their order. `undefined` is a parameter without value; quotes are not part of a value. */
export type SipParameters = ReadonlyMap<string, string | undefined>;

export const noParameters: SipParameters = new Map();

const quoteUnit = 0x22;
const semicolon = 0x3b;
const equals = 0x3d;

/** What ends a value without quotes: blanks, `"`, `,`, `;`, `<`, `>`. */
const endsPlain = new Uint8Array(128);
for (const character of ' \t",;<>') endsPlain[character.charCodeAt(0)] = 1;

/**
 * Reads `;name=value;name;name="quoted"` from `from` to the end (RFC 3261 §25.1 generic-param). `undefined` where something else is there, a name is empty or
 * stands twice. Lenient about characters in values that end nothing.
 */
export function readParameters(text: string, from = 0): SipParameters | undefined {
  let at = skipBlanks(text, from);
  if (at === text.length) return noParameters;
  const parameters = new Map<string, string | undefined>();
  while (at < text.length) {
    if (text.charCodeAt(at) !== semicolon) return undefined;
    const nameStart = skipBlanks(text, at + 1);
    const nameEnd = tokenEnd(text, nameStart);
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    if (nameEnd === nameStart || parameters.has(name)) return undefined;
    at = skipBlanks(text, nameEnd);
    let value: string | undefined;
    if (text.charCodeAt(at) === equals) {
      const start = skipBlanks(text, at + 1);
      const isQuoted = text.charCodeAt(start) === quoteUnit;
      at = isQuoted ? quotedEnd(text, start) : plainEnd(text, start);
      value = isQuoted ? unquote(text.slice(start, at)) : text.slice(start, at);
      if (value === undefined || at === start) return undefined;
      at = skipBlanks(text, at);
    }
    parameters.set(name, value);
  }
  return parameters;
}

/** Writes parameters with their semicolons; values that are no token or host are quoted. */
export function writeParameters(parameters: SipParameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === undefined ? `;${name}` : `;${name}=${isPlainValue(value) ? value : quote(value)}`;
  return text;
}

/** `value` as quoted-string (RFC 3261 §25.1). Line breaks, which none can have, become spaces: what people call themselves cannot end a header line. */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`;
}

/** What a quoted-string says; `undefined` where its quotes are not closed. */
export function unquote(text: string): string | undefined {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"') || quotedEnd(text, 0) !== text.length || isEscapedAt(text, text.length - 1)) return undefined;
  const inside = text.slice(1, -1);
  return inside.includes('\\') ? inside.replace(/\\(.)/gs, '$1') : inside;
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscapedAt(text: string, at: number): boolean {
  let count = 0;
  while (text[at - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && endsPlain[text.charCodeAt(at)] !== 1) at += 1;
  return at;
}

function isPlainValue(value: string): boolean {
  return isTokenText(value) || /^[A-Za-z0-9.\-[\]:]+$/.test(value);
}
