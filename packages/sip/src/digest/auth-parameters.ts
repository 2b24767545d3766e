import { quote, unquote } from '../headers/parameters.ts';
import { trimBlanks } from '../message/blanks.ts';
import { splitList } from '../message/split-list.ts';
import { isTokenText } from '../message/token.ts';

/** A challenge or credentials: the scheme, and its parameters by their names in lower case, without quotes (RFC 3261 §25.1). */
export interface AuthParameters {
  /** Lower case: `digest`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Parameters that are written in quotes; the grammar has the others without (RFC 3261 §25.1, RFC 7616 §3.4). */
const quoted = new Set(['username', 'realm', 'nonce', 'uri', 'response', 'cnonce', 'opaque', 'domain']);

/** Reads a value of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization; `undefined` where it is none, or has a parameter twice. */
export function parseAuthParameters(text: string): AuthParameters | undefined {
  const space = text.search(/[ \t]/);
  const scheme = (space < 0 ? text : text.slice(0, space)).toLowerCase();
  if (!isTokenText(scheme)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of space < 0 ? [] : splitList(text.slice(space))) {
    const equals = part.indexOf('=');
    const name = trimBlanks(part.slice(0, Math.max(0, equals))).toLowerCase();
    const written = trimBlanks(part.slice(equals + 1));
    const value = written.startsWith('"') ? unquote(written) : written;
    if (!isTokenText(name) || value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return { scheme, parameters };
}

/** Writes `Digest name="value", name=value`; the qop of a challenge is in quotes, that of credentials is not. */
export function writeDigestParameters(parameters: ReadonlyMap<string, string>, isChallenge: boolean): string {
  const written = [...parameters].map(([name, value]) => `${name}=${quoted.has(name) || (isChallenge && name === 'qop') ? quote(value) : value}`);
  return `Digest ${written.join(', ')}`;
}
