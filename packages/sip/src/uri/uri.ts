import { parseSipUri, type SipUri, writeSipUri } from './sip-uri.ts';
import { parseTelUri, type TelUri, writeTelUri } from './tel-uri.ts';

/** A URI of a scheme that is none of ours: `mailto:`, `http:`, `urn:`, … */
export interface OtherUri {
  /** Lower case. */
  readonly scheme: string;
  readonly kind: 'other';
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** Reads a Request-URI or the URI of an address; `undefined` where it is none, or is `sip:`, `sips:` or `tel:` and wrong. */
export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return parseSipUri(text);
  if (scheme === 'tel') return parseTelUri(text);
  return /^[a-z][a-z0-9+.-]*$/.test(scheme) && /^[\x21-\uffff]+$/.test(text.slice(colon + 1)) ? { kind: 'other', scheme, text } : undefined;
}

export function writeUri(uri: Uri): string {
  return uri.kind === 'sip' ? writeSipUri(uri) : uri.kind === 'tel' ? writeTelUri(uri) : uri.text;
}
