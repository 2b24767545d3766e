import { skipBlanks } from '../message/blanks.ts';
import { quotedEnd } from '../message/split-list.ts';
import { isTokenText, tokenEnd } from '../message/token.ts';

/** Parameters of a header value by their names in lower case, in their order. `undefined` is a parameter without value; quotes are not part of a value. */
export type SipParameters = ReadonlyMap<string, string | undefined>;

export const noParameters: SipParameters = new Map();

/**
 * Reads `;name=value;name;name="quoted"` from `from` to the end (RFC 3261 §25.1 generic-param). `undefined` where something else is there, a name is empty or
 * stands twice.
 */
export function readParameters(text: string, from = 0): SipParameters | undefined {
  let at = skipBlanks(text, from);
  if (at === text.length) return noParameters;
  const parameters = new Map<string, string | undefined>();
  while (at < text.length) {
    if (text[at] !== ';') return undefined;
    const nameStart = skipBlanks(text, at + 1);
    const nameEnd = tokenEnd(text, nameStart);
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    if (name === '' || parameters.has(name)) return undefined;
    at = skipBlanks(text, nameEnd);
    let value: string | undefined;
    if (text[at] === '=') {
      const valueStart = skipBlanks(text, at + 1);
      at = text[valueStart] === '"' ? quotedEnd(text, valueStart) : plainEnd(text, valueStart);
      value = text[valueStart] === '"' ? unquote(text.slice(valueStart, at)) : text.slice(valueStart, at);
      if (value === undefined || (at === valueStart)) return undefined;
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

/** `value` as quoted-string (RFC 3261 §25.1). */
export function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** What a quoted-string says; `undefined` where its quotes are not closed. */
export function unquote(text: string): string | undefined {
  if (text.length < 2 || quotedEnd(text, 0) !== text.length || !text.endsWith('"') || endsEscaped(text)) return undefined;
  const inside = text.slice(1, -1);
  return inside.includes('\\') ? inside.replace(/\\(.)/gs, '$1') : inside;
}

/** Whether the last quote is escaped: an odd number of backslashes before it. */
function endsEscaped(text: string): boolean {
  let count = 0;
  while (text[text.length - 2 - count] === '\\') count += 1;
  return count % 2 === 1;
}

/** Behind a token or host; lenient about other characters that end nothing (RFC 3261 §25.1 gen-value). */
function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !' \t;,"<>'.includes(text[at] ?? '')) at += 1;
  return at;
}

function isPlainValue(value: string): boolean {
  return isTokenText(value) || /^[A-Za-z0-9.\-[\]:]+$/.test(value);
}
