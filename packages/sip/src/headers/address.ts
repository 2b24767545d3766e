import type { SipHeaders } from '../message/sip-headers.ts';
import { skipBlanks, trimBlanks } from '../message/blanks.ts';
import { quotedEnd } from '../message/split-list.ts';
import { isTokenText } from '../message/token.ts';
import { noParameters, quote, readParameters, type SipParameters, unquote, writeParameters } from './parameters.ts';

/** A value of From, To, Contact, Route, Record-Route, Refer-To, P-Asserted-Identity and their like: name-addr or addr-spec with parameters (RFC 3261 §20.10). */
export interface SipAddress {
  /** Without quotes and escapes; empty where there is none. */
  readonly displayName: string;
  /** As written; `parseUri` reads it. */
  readonly uri: string;
  /** Of the header field, not of the URI: `tag`, `expires`, `q`, … */
  readonly parameters: SipParameters;
}

/**
 * Reads one value; `undefined` where it is none. A URI without angle brackets ends at the first semicolon and has neither comma nor question mark (RFC 3261 §20).
 * Lenient about a display name that should be quoted and is not, as carriers send it, unless it has commas, semicolons or quotes in it (RFC 4475 §3.1.2.15).
 */
export function parseAddress(text: string): SipAddress | undefined {
  const start = skipBlanks(text, 0);
  const open = text.indexOf('<', text[start] === '"' ? quotedEnd(text, start) : start);
  if (open < 0) return parseBareAddress(text.slice(start));
  const close = text.indexOf('>', open);
  if (close < 0) return undefined;
  const displayName = displayNameOf(trimBlanks(text.slice(start, open)));
  const uri = text.slice(open + 1, close);
  const parameters = readParameters(text, close + 1);
  return displayName === undefined || parameters === undefined || !isUriText(uri) ? undefined : { displayName, uri, parameters };
}

/** The first address of a header field; `undefined` where it is absent or cannot be read. */
export function readAddress(headers: SipHeaders, name: string): SipAddress | undefined {
  return headers.read(name, parseAddress);
}

/** All addresses of a header field in their order; `undefined` where one of them cannot be read (`Contact: *` is none). */
export function readAddresses(headers: SipHeaders, name: string): readonly SipAddress[] | undefined {
  const addresses = headers.readAll(name, parseAddress);
  return addresses.includes(undefined) ? undefined : (addresses as SipAddress[]);
}

/** Writes `"Bob" <sip:bob@example.com>;tag=1`; always with angle brackets, so that parameters of the URI stay its own. */
export function writeAddress(address: SipAddress): string {
  const name = address.displayName === '' ? '' : `${isTokenText(address.displayName) ? address.displayName : quote(address.displayName)} `;
  return `${name}<${address.uri}>${writeParameters(address.parameters)}`;
}

/** An address without display name and parameters, or with those given. */
export function sipAddress(uri: string, parameters: SipParameters = noParameters, displayName = ''): SipAddress {
  return { displayName, uri, parameters };
}

/** The tag of From or To (RFC 3261 §19.3). */
export function tagOf(address: SipAddress): string | undefined {
  return address.parameters.get('tag');
}

function displayNameOf(text: string): string | undefined {
  if (text.startsWith('"')) return unquote(text);
  return /[",;]/.test(text) ? undefined : text;
}

function parseBareAddress(text: string): SipAddress | undefined {
  const end = text.indexOf(';');
  const uri = trimBlanks(end < 0 ? text : text.slice(0, end));
  const parameters = end < 0 ? noParameters : readParameters(text, end);
  return parameters === undefined || !isUriText(uri) || uri.includes('?') || uri.includes(',') ? undefined : { displayName: '', uri, parameters };
}

/** A scheme, a colon and something without white space, quotes and brackets. */
function isUriText(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>]+$/.test(text);
}
