import type { SipUri } from './sip-uri.ts';
import { escapeUri, unescapeUri } from './uri-escape.ts';

/** The values of a header field that a URI carries behind its `?`, without escapes (RFC 3261 §19.1.1): `Replaces` in a Refer-To, `Reason` in a History-Info. */
export function uriHeader(uri: SipUri, name: string): readonly string[] {
  if (uri.headers === '') return [];
  return uri.headers.split('&').flatMap((part) => {
    const equals = part.indexOf('=');
    if (equals < 0 || unescapeUri(part.slice(0, equals))?.toLowerCase() !== name.toLowerCase()) return [];
    return unescapeUri(part.slice(equals + 1)) ?? [];
  });
}

/** The part of a URI behind its `?` for these header fields. */
export function writeUriHeaders(headers: readonly (readonly [name: string, value: string])[]): string {
  return headers.map(([name, value]) => `${escapeUri(name, '')}=${escapeUri(value, '[]/?:+$')}`).join('&');
}
