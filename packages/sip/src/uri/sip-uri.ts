import { parseDecimal } from '../message/token.ts';
import { isSameHost, isHost } from './host.ts';
import { normalizeEscapes, unescapeUri } from './uri-escape.ts';

/** Parameters of a URI by their names in lower case; values as written, with escapes. */
export type UriParameters = ReadonlyMap<string, string | undefined>;

/** A `sip:` or `sips:` URI (RFC 3261 §19.1). Parts are as written, with escapes. */
export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  /** Before the `@`, without the password. `undefined` where there is no `@`. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: UriParameters;
  /** Header fields that a request to it should have: what is behind `?`, as written; empty where there are none. */
  readonly headers: string;
}

const noUriParameters: UriParameters = new Map();

/** Reads a `sip:` or `sips:` URI; `undefined` where it is none. Duplicate parameters are refused (RFC 3261 §19.1.1). */
export function parseSipUri(text: string): SipUri | undefined {
  const schemeEnd = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, schemeEnd)).toLowerCase();
  if ((scheme !== 'sip' && scheme !== 'sips') || !/^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\uffff]+$/.test(text)) return undefined;
  const at = text.indexOf('@', schemeEnd);
  const question = text.indexOf('?', Math.max(at, schemeEnd));
  const headers = question < 0 ? '' : text.slice(question + 1);
  const end = question < 0 ? text.length : question;
  const userinfo = at < 0 ? undefined : readUserinfo(text.slice(schemeEnd + 1, at));
  const hostStart = at < 0 ? schemeEnd + 1 : at + 1;
  const semicolon = text.indexOf(';', hostStart);
  const hostEnd = semicolon < 0 || semicolon > end ? end : semicolon;
  const place = readHostAndPort(text.slice(hostStart, hostEnd));
  const parameters = readUriParameters(text.slice(hostEnd, end));
  if ((at >= 0 && userinfo === undefined) || place === undefined || parameters === undefined || hasBadEscape(headers)) return undefined;
  return { kind: 'sip', scheme, user: userinfo?.user, password: userinfo?.password, ...place, parameters, headers };
}

/** Writes the URI; what {@link parseSipUri} read comes out as it was, but for the case of scheme and parameter names. */
export function writeSipUri(uri: SipUri): string {
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const userinfo = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  return `${uri.scheme}:${userinfo}${uri.host}${port}${writeUriParameters(uri.parameters)}${uri.headers === '' ? '' : `?${uri.headers}`}`;
}

/** The user part as text, without escapes; `undefined` where there is none. */
export function userOf(uri: SipUri): string | undefined {
  return uri.user === undefined ? undefined : unescapeUri(uri.user);
}

/**
 * Whether two URIs are equivalent (RFC 3261 §19.1.4): user and password with case, the rest without; `user`, `ttl`, `method`, `maddr` and `transport` matter also
 * where only one has them, other parameters only where both do; header fields always.
 */
export function sameSipUri(a: SipUri, b: SipUri): boolean {
  if (a.scheme !== b.scheme || a.port !== b.port || !isSameHost(a.host, b.host)) return false;
  if (!sameText(a.user, b.user) || !sameText(a.password, b.password)) return false;
  return sameParameters(a.parameters, b.parameters) && sameHeaders(a.headers, b.headers);
}

/** Reads `;name=value;name` of a URI; `undefined` where a name is empty or stands twice. */
export function readUriParameters(text: string): UriParameters | undefined {
  if (text === '') return noUriParameters;
  if (!text.startsWith(';') || hasBadEscape(text)) return undefined;
  const parameters = new Map<string, string | undefined>();
  for (const part of text.slice(1).split(';')) {
    const equals = part.indexOf('=');
    const name = normalizeEscapes(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name === '' || parameters.has(name)) return undefined;
    parameters.set(name, equals < 0 ? undefined : part.slice(equals + 1));
  }
  return parameters;
}

export function writeUriParameters(parameters: UriParameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

function readUserinfo(text: string): { readonly user: string; readonly password: string | undefined } | undefined {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  if (user === '' || hasBadEscape(text)) return undefined;
  return { user, password: colon < 0 ? undefined : text.slice(colon + 1) };
}

function readHostAndPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const colon = text.startsWith('[') ? text.indexOf(':', text.indexOf(']')) : text.indexOf(':');
  const host = colon < 0 ? text : text.slice(0, colon);
  const port = colon < 0 ? undefined : parseDecimal(text.slice(colon + 1), 65_535);
  return !isHost(host) || (colon >= 0 && port === undefined) ? undefined : { host, port };
}

function hasBadEscape(text: string): boolean {
  return text.includes('%') && unescapeUri(text) === undefined;
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && normalizeEscapes(a) === normalizeEscapes(b));
}

function sameParameters(a: UriParameters, b: UriParameters): boolean {
  for (const name of ['user', 'ttl', 'method', 'maddr', 'transport']) if (a.has(name) !== b.has(name)) return false;
  for (const [name, value] of a) if (b.has(name) && !sameText(value?.toLowerCase(), b.get(name)?.toLowerCase())) return false;
  return true;
}

function sameHeaders(a: string, b: string): boolean {
  if (a === b) return true;
  const parts = (text: string): string => text.split('&').map((part) => normalizeEscapes(part.replace(/^[^=]*/, (name) => name.toLowerCase()))).sort().join('&');
  return parts(a) === parts(b);
}
