import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText } from '../message/token.ts';
import { noParameters, readParameters, type SipParameters } from './parameters.ts';

/** A media type with its parameters: of Content-Type, or a range of Accept. */
export interface MediaType {
  /** Lower case: `application/sdp`, and in Accept also `application/*`. */
  readonly type: string;
  readonly parameters: SipParameters;
}

/** What a body is for (RFC 3261 §20.11). */
export interface ContentDisposition {
  /** Lower case: `session`, `render`, `early-session`, … */
  readonly kind: string;
  /** Whether the message is to be refused by who does not understand the body. */
  readonly isRequired: boolean;
}

/** Reads a media type; `undefined` where it is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const semicolon = text.indexOf(';');
  const [kind = '', subtype = '', ...rest] = (semicolon < 0 ? text : text.slice(0, semicolon)).split('/').map((part) => part.trim().toLowerCase());
  const parameters = semicolon < 0 ? noParameters : readParameters(text, semicolon);
  return !isTokenText(kind) || !isTokenText(subtype) || rest.length > 0 || parameters === undefined ? undefined : { type: `${kind}/${subtype}`, parameters };
}

/** Content-Type; `undefined` where it is absent or cannot be read. */
export function readContentType(headers: SipHeaders): MediaType | undefined {
  return headers.read('Content-Type', parseMediaType);
}

/** Content-Disposition: where it is absent, `session` for a description and `render` for others (RFC 3261 §20.11). */
export function readContentDisposition(headers: SipHeaders): ContentDisposition {
  const value = headers.first('Content-Disposition') ?? '';
  const semicolon = value.indexOf(';');
  const kind = (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  const parameters = semicolon < 0 ? noParameters : (readParameters(value, semicolon) ?? noParameters);
  const fallback = readContentType(headers)?.type === 'application/sdp' ? 'session' : 'render';
  return { kind: kind === '' ? fallback : kind, isRequired: parameters.get('handling')?.toLowerCase() !== 'optional' };
}

/** Whether the sender takes bodies of a type (RFC 3261 §20.1): `application/sdp` where it does not say. */
export function acceptsType(headers: SipHeaders, type: string): boolean {
  if (!headers.has('Accept')) return type === 'application/sdp';
  const ranges = headers.all('Accept').flatMap((value) => (value === '' ? [] : (parseMediaType(value) ?? [])));
  const kind = type.slice(0, type.indexOf('/'));
  return ranges.some((range) => range.parameters.get('q') !== '0' && (range.type === type || range.type === `${kind}/*` || range.type === '*/*'));
}
